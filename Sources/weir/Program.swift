import WeirCommandLine

/// The program: what it does is in `CommandLine`.
@main
enum Program {
    static func main() async { await Weir.main() }
}
