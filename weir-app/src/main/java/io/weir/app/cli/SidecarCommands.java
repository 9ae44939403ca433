package io.weir.app.cli;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Source;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands of {@code weir sidecar}, one method each. */
@Command(name = "sidecar", mixinStandardHelpOptions = true, description = {
        "Stand beside an application: take its connections, in and out, and secure them between sidecars."})
final class SidecarCommands implements Runnable {
    private static final String FILE = "a configuration with sidecar: in it";
    private static final String NO_FOLLOW = "do not take over changes of the file, except by SIGHUP";
    private static final String KEEP = "leave the rules when it ends: nothing comes in or goes out then";

    private final PrintWriter out;
    private final PrintWriter err;

    @Spec
    private @Nullable CommandSpec spec;

    SidecarCommands(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public void run() {
        CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
        throw Misuse.of(line, "which command? (weir sidecar --help lists them)");
    }

    @Command(name = "run", mixinStandardHelpOptions = true, description = {
            "Serve, and have the packet filter of this network namespace bring connections here.",
            "Its rules stand in a table of Weir's own; they go at the end. Needs nft and CAP_NET_ADMIN."})
    int run(@Parameters(paramLabel = "FILE", description = FILE) Path file, @Mixin ServeOptions serving,
            @Option(names = "--keep-rules", description = KEEP) boolean kept,
            @Option(names = "--no-follow", description = NO_FOLLOW) boolean unfollowed) {
        RunOptions options = serving.options(!unfollowed);
        return SidecarServing.serve(Source.file(file), options, kept, err);
    }

    @Command(name = "rules", mixinStandardHelpOptions = true, description = {
            "Print the rules that run would set, as nft reads them, and set none."})
    int rules(@Parameters(paramLabel = "FILE", description = FILE) Path file) {
        return SidecarServing.print(Source.file(file), out, err);
    }

    @Command(name = "clean", mixinStandardHelpOptions = true, description = {
            "Take away the rules that a sidecar has left in this network namespace, if there are any."})
    int clean() {
        return SidecarServing.clean(err);
    }
}
