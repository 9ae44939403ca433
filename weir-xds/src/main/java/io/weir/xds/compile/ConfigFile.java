package io.weir.xds.compile;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.shortform.ShortForm;
import io.weir.xds.spec.Interception;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Positions;
import io.weir.xds.yaml.ProtoReader;
import io.weir.xds.yaml.Read;

import org.jspecify.annotations.Nullable;

/**
 * A configuration in a file: an Envoy bootstrap or the short form, in YAML or JSON. Which of both it is, its keys tell.
 * Stateless; any thread.
 */
public final class ConfigFile {

    /** Longest file that is read. */
    public static final long FILE_BYTES_MAX = 64L << 20;

    private ConfigFile() {}

    /**
     * A configuration as a message, before it is compiled.
     *
     * @param bootstrap
     *            what could be read; null when the text could not be understood at all
     * @param positions
     *            where its fields were written
     * @param problems
     *            errors and warnings in the order of the text
     * @param expanded
     *            whether it was written in the short form
     * @param interception
     *            which connections a sidecar wants to have; null: this is none
     */
    public record Loaded(@Nullable Bootstrap bootstrap, Positions positions, List<Problem> problems,
            boolean expanded, @Nullable Interception interception) {

        public Loaded {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Loads the descriptors that every configuration needs. To be called beside the first {@link #load}, which would
     * load them too, and waits for those that are being loaded: their dependencies have no cycles.
     */
    @SuppressWarnings("IgnoredPureGetter") // what they load is what is wanted
    public static void prepare() {
        Cluster.getDescriptor();
        Bootstrap.getDescriptor();
    }

    /** Reads and compiles a file. A file that cannot be read is a problem like any other. */
    public static Compiled load(Path file, Extensions extensions) {
        return compile(read(file, extensions), extensions);
    }

    /**
     * Compiles a text.
     *
     * @param name
     *            what the text is called in problems
     */
    public static Compiled compile(String name, String text, Extensions extensions) {
        return compile(read(name, text, extensions), extensions);
    }

    /** Reads a file as a bootstrap, expanding the short form; nothing is compiled. */
    public static Loaded read(Path file, Extensions extensions) {
        var problems = new ArrayList<Problem>();
        String text = text(file, problems);
        return text == null
                ? new Loaded(null, Positions.none(), problems, false, null)
                : read(file.toString(), text, extensions);
    }

    /** Reads a text as a bootstrap, expanding the short form; nothing is compiled. */
    public static Loaded read(String name, String text, Extensions extensions) {
        ConfigText.Parsed parsed = ConfigText.parse(name, text);
        Node root = parsed.root();
        if (root == null) {
            return new Loaded(null, Positions.none(), parsed.problems(), false, null);
        }
        List<Problem> problems = new ArrayList<>(parsed.problems());
        boolean expanded = ShortForm.isShort(root);
        Interception interception = null;
        if (expanded) {
            ShortForm.Expansion expansion = ShortForm.expand(root);
            problems.addAll(expansion.problems());
            root = expansion.bootstrap();
            interception = expansion.interception();
        }
        Read<Bootstrap> read = new ProtoReader(extensions.messageTypes()).read(root, Bootstrap.getDefaultInstance(),
                "");
        problems.addAll(read.problems());
        return new Loaded(read.message(), read.positions(), problems, expanded, interception);
    }

    private static Compiled compile(Loaded loaded, Extensions extensions) {
        Bootstrap bootstrap = loaded.bootstrap();
        if (bootstrap == null) {
            return new Compiled.Rejected(loaded.problems());
        }
        Findings findings = new Findings(loaded.positions(), extensions);
        findings.addFromText(loaded.problems());
        if (loaded.expanded() && Problem.anyError(loaded.problems())) {
            findings.errorsOnly();
        }
        Snapshot snapshot = Compiler.read(bootstrap, loaded.positions(), findings)
                .intercepting(loaded.interception());
        return Compiler.compiled(snapshot, findings.problems());
    }

    /** The text of a file; null after a problem. Waits for it. */
    public static @Nullable String text(Path file, List<Problem> problems) {
        String reason;
        try {
            if (Files.isDirectory(file)) {
                reason = "this is a folder";
            } else if (Files.exists(file) && Files.size(file) > FILE_BYTES_MAX) {
                reason = "the file is longer than " + (FILE_BYTES_MAX >> 20) + " MiB";
            } else {
                return Files.readString(file);
            }
        } catch (NoSuchFileException e) {
            reason = "there is no such file";
        } catch (AccessDeniedException e) {
            reason = "the file may not be read by this user";
        } catch (CharacterCodingException e) {
            reason = "the file is not in UTF-8";
        } catch (IOException e) {
            reason = "the file cannot be read: " + e.getMessage();
        }
        problems.add(Problem.error(new Position(file.toString(), 1, 1), "", file.toString(), reason,
                "name a readable file in YAML or JSON"));
        return null;
    }
}
