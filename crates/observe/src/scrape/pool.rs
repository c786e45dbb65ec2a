//! A job's targets: what discovery says, kept in step with what is asked.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    ask::{Asker, Down},
    config::{DROPPED_MAX, Group, Job},
    discover::Place,
    engine::Engine,
    labels::LabelSet,
    target::{self, Fate},
    watched::Watched,
};

/// Changes of discovery that come within this are acted on together.
const SETTLE: Duration = Duration::from_millis(100);

/// A discovered target that is not asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Unasked {
    /// Its labels before the rules.
    pub discovered: LabelSet,
    /// Why it cannot be asked; `None`: a rule dropped it.
    pub wrong: Option<String>,
}

/// What tells a target from the others of its job: its labels and its address.
type Key = (LabelSet, String);

#[derive(Default)]
struct State {
    targets: BTreeMap<Key, Arc<Watched>>,
    unasked: Vec<Unasked>,
    unasked_count: usize,
}

/// A job and its targets.
pub struct Pool {
    /// The job.
    pub job: Job,
    engine: Arc<Engine>,
    asker: Arc<Asker>,
    state: Mutex<State>,
    /// What each place of discovery says.
    places: Mutex<Vec<Vec<Group>>>,
    changed: Notify,
    tracker: TaskTracker,
    cancel: CancellationToken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// Starts discovery and asking. Targets of `before`, the same job as it was configured until now, go on where that is
    /// possible.
    pub fn start(job: Job, engine: &Arc<Engine>, before: Option<&Self>, tracker: &TaskTracker, cancel: CancellationToken) -> Arc<Self> {
        let places: Vec<Place> = job.discovery.iter().map(|discovery| Place::new(discovery, &engine.net)).collect();
        let same = before.filter(|before| before.job.discovery == job.discovery);
        let said = same.map_or_else(|| places.iter().map(|place| place.groups.clone()).collect(), |before| lock(&before.places).clone());
        // Who was asked goes on being asked until discovery has spoken.
        let mut state = State::default();
        if let Some(before) = before {
            before.cancel.cancel();
            state = std::mem::take(&mut lock(&before.state));
        }
        let pool = Arc::new(Self {
            asker: Arc::new(Asker::new(Arc::clone(&engine.net), &job.ask)),
            job,
            engine: Arc::clone(engine),
            state: Mutex::new(state),
            places: Mutex::new(said),
            changed: Notify::new(),
            tracker: tracker.clone(),
            cancel,
        });
        for (number, place) in places.into_iter().enumerate() {
            if place.every().is_some() {
                tracker.spawn(Arc::clone(&pool).discover(number, place));
            }
        }
        let asks = before.is_some() && same.is_none() && lock(&pool.places).iter().all(Vec::is_empty);
        if !asks {
            pool.sync();
        }
        tracker.spawn(Arc::clone(&pool).follow());
        pool
    }

    async fn discover(self: Arc<Self>, number: usize, mut place: Place) {
        let every = place.every().unwrap_or(Duration::MAX);
        let mut told: Vec<String> = Vec::new();
        loop {
            let faults = tokio::select! {
                () = self.cancel.cancelled() => return,
                faults = place.ask() => faults,
            };
            if faults != told {
                for fault in &faults {
                    tracing::warn!(job = self.job.name, fault, "discovery");
                }
                told = faults;
            }
            {
                let mut places = lock(&self.places);
                if let Some(known) = places.get_mut(number)
                    && *known != place.groups
                {
                    known.clone_from(&place.groups);
                    self.changed.notify_one();
                }
            }
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    async fn follow(self: Arc<Self>) {
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = self.changed.notified() => {}
            }
            tokio::time::sleep(SETTLE).await;
            if self.cancel.is_cancelled() {
                return;
            }
            self.sync();
        }
    }

    /// Brings who is asked in step with what discovery says.
    fn sync(&self) {
        let groups: Vec<Group> = lock(&self.places).iter().flatten().cloned().collect();
        let keep = if self.job.keep_dropped == 0 { DROPPED_MAX } else { self.job.keep_dropped };
        let mut wanted = BTreeMap::new();
        let (mut unasked, mut unasked_count) = (Vec::new(), 0);
        for found in target::targets(&self.job, &groups) {
            let wrong = match found.fate {
                Fate::Asked(spec) => {
                    wanted.entry((spec.labels.clone(), spec.url.to_string())).or_insert((spec, found.discovered));
                    continue;
                }
                Fate::Dropped => None,
                Fate::Wrong(what) => Some(what),
            };
            unasked_count += 1;
            if unasked.len() < keep {
                unasked.push(Unasked { discovered: found.discovered, wrong });
            }
        }
        let mut state = lock(&self.state);
        for one in unasked.iter().filter(|one| one.wrong.is_some() && !state.unasked.contains(one)) {
            let what = one.wrong.as_deref().unwrap_or_default();
            tracing::warn!(job = self.job.name, target = one.discovered.get("__address__"), what, "a target cannot be asked");
        }
        (state.unasked, state.unasked_count) = (unasked, unasked_count);
        self.replace(&mut state, wanted);
        let count = state.targets.len();
        let over = self.job.target_limit > 0 && count > self.job.target_limit;
        let down = over.then(|| {
            Down::new(
                "target_limit",
                format!(
                    "job {:?} has {count} targets, more than target_limit ({}): none of them is asked",
                    self.job.name, self.job.target_limit
                ),
            )
        });
        for target in state.targets.values() {
            target.force(down.clone());
        }
    }

    fn replace(&self, state: &mut State, wanted: BTreeMap<Key, (Box<target::Spec>, LabelSet)>) {
        let mut old = std::mem::take(&mut state.targets);
        let mut begin = Vec::new();
        for (key, (spec, discovered)) in wanted {
            match old.remove(&key) {
                // The same target, asked in the same way, goes on undisturbed.
                Some(target) if target.spec == *spec && target.is_of(&self.asker) => {
                    *lock(&target.discovered) = discovered;
                    state.targets.insert(key, target);
                }
                before => {
                    if let Some(before) = before {
                        old.insert(key.clone(), before);
                    }
                    begin.push((key, spec, discovered));
                }
            }
        }
        // A target with the labels of one that goes continues its series.
        let take = Arc::new(self.job.take.clone());
        let mut heirs: HashMap<LabelSet, (Key, Arc<Mutex<super::page::Memory>>)> = HashMap::new();
        for (key, target) in &old {
            target.stop();
            if let Some(memory) = target.heir(&take) {
                heirs.insert(target.spec.labels.clone(), (key.clone(), memory));
            }
        }
        for (key, spec, discovered) in begin {
            let memory = heirs.remove(&spec.labels).map(|(old_key, memory)| {
                old.remove(&old_key);
                memory
            });
            let cancel = CancellationToken::new();
            let target = Arc::new(Watched::new(*spec, discovered, Arc::clone(&take), Arc::clone(&self.asker), memory, cancel));
            self.tracker.spawn(Arc::clone(&target).run(Arc::clone(&self.engine)));
            state.targets.insert(key, target);
        }
        self.end(old.into_values().collect());
    }

    /// Marks the series of targets that are gone.
    fn end(&self, gone: Vec<Arc<Watched>>) {
        if gone.is_empty() {
            return;
        }
        let engine = Arc::clone(&self.engine);
        self.tracker.spawn_blocking(move || {
            for target in gone {
                target.end(&engine);
            }
        });
    }

    /// The job is gone: nobody is asked any more, and its series end.
    pub fn remove(&self) {
        self.cancel.cancel();
        let targets: Vec<Arc<Watched>> = std::mem::take(&mut lock(&self.state).targets).into_values().collect();
        for target in &targets {
            target.stop();
        }
        self.end(targets);
    }

    /// The process ends: nobody is asked any more, and the series go on after the next start.
    pub fn stop(&self) {
        self.cancel.cancel();
        for target in lock(&self.state).targets.values() {
            target.stop();
        }
    }

    /// Who is asked, by labels.
    pub fn targets(&self) -> Vec<Arc<Watched>> {
        lock(&self.state).targets.values().cloned().collect()
    }

    /// Who is not, up to the limit, and how many there are.
    pub fn unasked(&self) -> (Vec<Unasked>, usize) {
        let state = lock(&self.state);
        (state.unasked.clone(), state.unasked_count)
    }
}
