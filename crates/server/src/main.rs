//! `evenkeel`: see `evenkeel --help`.

/// Gives back to the system what a burst took, by a thread of its own: a fifth of the memory for the same series (ADR 9).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    evenkeel_server::main()
}
