//! `evenkeel`: see `evenkeel --help`.

/// Probes allocate for every look; measured in docs/adr/0008.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    evenkeel_server::main()
}
