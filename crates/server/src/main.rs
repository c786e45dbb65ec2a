//! `evenkeel`: see `evenkeel --help`.

fn main() -> std::process::ExitCode {
    evenkeel_server::main()
}
