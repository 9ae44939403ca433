package io.weir.app.cli;

import io.weir.app.Version;
import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Source;
import io.weir.xds.resource.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands, one method each; options are parameters, the exit code is the result. */
@Command(name = "weir", mixinStandardHelpOptions = true, versionProvider = VersionLines.class)
final class Commands implements Runnable {
    private static final String FILE = "the configuration";
    private static final String MODES = "serve|validate";
    private static final String POLICY = "POLICY";
    private static final String TURNS = "round_robin";
    private static final String MODE = "validate reads and compiles the file and stops there";
    private static final String NO_FOLLOW = "do not take over changes of the file, except by SIGHUP";
    private static final String FROM = "where to listen; without HOST on all addresses; or the path of a socket";
    private static final String TO = "the servers, separated by commas";
    private static final String HOW = "round_robin, least_request or random";
    private static final String SCENARIO = "a YAML file: hosts, troubles, arrivals, policies";
    private static final String SEED = "another seed than the scenario's";
    private static final String HTML = "write one page with the table and pictures: load, latency, ejections";
    private static final String SVG = "write the pictures alone, each as a file";
    private static final String DEFAULTS = "fill in every default, so that what holds is what is printed";
    private static final String RUNNING = "where its admin listens: HOST:PORT, or the path of its socket";
    private static final String ADMIN = "where the admin listens, or the path of its socket; default: nowhere";

    private final PrintWriter out;
    private final PrintWriter err;

    @Spec
    private @Nullable CommandSpec spec;

    Commands(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** What {@code run --mode} may be, as Envoy has it. */
    enum Mode {
        /** Serve. */
        SERVE,
        /** Read and compile as a start would, and stop there. */
        VALIDATE
    }

    /** What {@code proxy --balance} may be. */
    enum Balance {
        /** In turn. */
        ROUND_ROBIN,
        /** The less loaded of two at random. */
        LEAST_REQUEST,
        /** At random. */
        RANDOM
    }

    /** The parser of these commands. */
    CommandLine line() {
        CommandLine line = new CommandLine(this).addSubcommand(new SidecarCommands(out, err));
        line.getCommandSpec().usageMessage().synopsisSubcommandLabel("COMMAND")
                .description("A load balancer for connections and requests.")
                .footer("", "A first look, with nothing else installed:  weir run examples/quickstart.yaml",
                        "Help about one command:                     weir COMMAND --help")
                .exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCode.meanings());
        return line;
    }

    @Override
    public void run() {
        throw Misuse.of(parser(), "which command? (weir --help lists them)");
    }

    @Command(name = "run", mixinStandardHelpOptions = true, description = {
            "Read a configuration (Envoy v3 bootstrap or short form, YAML or JSON) and serve.",
            "The first SIGTERM or Ctrl-C drains and stops, a second stops at once; SIGHUP reads the file again;",
            "SIGUSR2 has a new process take over (see weir upgrade)."})
    int run(@Parameters(paramLabel = "FILE", description = FILE) Path file, @Mixin ServeOptions serving,
            @Option(names = "--mode", paramLabel = MODES, defaultValue = "serve", description = MODE) Mode mode,
            @Option(names = "--no-follow", description = NO_FOLLOW) boolean unfollowed) {
        RunOptions options = serving.options(!unfollowed);
        return switch (mode) {
            case SERVE -> Serving.serve(Source.file(file), options, err);
            case VALIDATE -> check(file);
        };
    }

    @Command(name = "check", mixinStandardHelpOptions = true, description = {
            "Read a configuration and tell every problem: file:line:column: path: message (value); cure.",
            "Starts nothing. Exit code 1 when one of them is an error."})
    int check(@Parameters(paramLabel = "FILE", description = FILE) Path file) {
        Source source = Source.file(file);
        List<Problem> problems = source.problems();
        Serving.report(source, problems, err);
        if (Problem.anyError(problems)) {
            return ExitCode.CONFIGURATION.number();
        }
        out.println(
                file + ": ok" + (problems.isEmpty() ? "" : ", with " + Serving.counted(problems.size(), "warning")));
        return ExitCode.OK.number();
    }

    @Command(name = "expand", mixinStandardHelpOptions = true, description = {
            "Print the Envoy v3 bootstrap that a configuration stands for, as YAML."})
    int expand(@Parameters(paramLabel = "FILE", description = FILE) Path file,
            @Option(names = "--defaults", description = DEFAULTS) boolean defaults) {
        Source source = Source.file(file);
        Source.Expansion expansion = source.expand(defaults);
        Serving.report(source, expansion.problems(), err);
        if (expansion.text().isEmpty()) {
            return ExitCode.CONFIGURATION.number();
        }
        out.print(expansion.text());
        out.flush();
        return ExitCode.OK.number();
    }

    @Command(name = "proxy", mixinStandardHelpOptions = true, description = {
            "Serve without a file: from one address to some servers.",
            "Targets are http://HOST:PORT for requests or tcp://HOST:PORT for plain connections;",
            "a HOST that is a name is resolved again every 5 s, and each of its addresses is a server."})
    int proxy(@Option(names = "--from", required = true, paramLabel = "[HOST]:PORT", description = FROM) String from,
            @Option(names = "--to", required = true, split = ",", paramLabel = "URL", description = TO) List<String> to,
            @Option(names = "--balance", defaultValue = TURNS, paramLabel = POLICY, description = HOW) Balance balance,
            @Mixin ServeOptions serving,
            @Option(names = "--admin", paramLabel = "HOST:PORT", description = ADMIN) @Nullable String admin) {
        RunOptions options = serving.options(false);
        String text;
        try {
            text = ProxyText.of(from, to, balance.name().toLowerCase(Locale.ROOT), admin);
        } catch (IllegalArgumentException e) {
            throw Misuse.of(parser(), String.valueOf(e.getMessage()));
        }
        return Serving.serve(Source.text("weir proxy", text), options, err);
    }

    @Command(name = "upgrade", mixinStandardHelpOptions = true, description = {
            "Have a running Weir start a new process by its own command line, which takes over what it listens on.",
            "Waits until that serves; if it comes to nothing, the process before serves on, and why is told."})
    int upgrade(@Parameters(paramLabel = "ADMIN", description = RUNNING) String admin) {
        try {
            return Upgrading.run(admin, out, err);
        } catch (IllegalArgumentException e) {
            throw Misuse.of(parser(), String.valueOf(e.getMessage()));
        }
    }

    @Command(name = "simulate", mixinStandardHelpOptions = true, description = {
            "Compare balancing policies on a simulated fleet: the core that serves, on simulated time and servers.",
            "The same scenario and seed print the same, always. examples/scenarios has some to begin with."})
    int simulate(@Parameters(paramLabel = "SCENARIO", description = SCENARIO) Path file,
            @Option(names = "--seed", paramLabel = "N", description = SEED) @Nullable Long seed,
            @Option(names = "--html", paramLabel = "FILE", description = HTML) @Nullable Path page,
            @Option(names = "--svg", paramLabel = "FOLDER", description = SVG) @Nullable Path pictures) {
        return Simulating.run(file, seed, page, pictures, out, err);
    }

    @Command(name = "version", mixinStandardHelpOptions = true, description = {
            "Print the version of Weir and of its Java runtime."})
    int version(@Option(names = "--short", description = "only the number") boolean brief) {
        if (brief) {
            out.println(Version.text());
        } else {
            for (String line : new VersionLines().getVersion()) {
                out.println(line);
            }
        }
        return ExitCode.OK.number();
    }

    @Command(name = "completion", mixinStandardHelpOptions = true, description = {
            "Print a completion script for bash and zsh.", "source <(weir completion)"})
    int completion() {
        out.print(AutoComplete.bash("weir", parser()));
        out.print('\n');
        out.flush();
        return ExitCode.OK.number();
    }

    @Command(name = "rehearse", hidden = true, description = {
            "Serve a few requests to itself and stop: what an AOT cache is made from."})
    int rehearse() {
        return Rehearsal.run(err) ? ExitCode.OK.number() : ExitCode.FAILURE.number();
    }

    private CommandLine parser() {
        if (spec == null) {
            throw new IllegalStateException("commands run without their command line");
        }
        return spec.commandLine();
    }
}
