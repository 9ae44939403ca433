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
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.ProtoReader;
import io.weir.xds.yaml.Read;

import org.jspecify.annotations.Nullable;

/**
 * A configuration in a file: an Envoy bootstrap or the short form, in YAML or JSON. Which of both it is, its keys tell.
 * Stateless; any thread.
 */
public final class ConfigFile {

    /** Longest file that is read. */
    public static final long FILE_BYTES_MAX = 256L << 20;

    private ConfigFile() {}

    /** Reads and compiles a file. A file that cannot be read is a problem like any other. */
    public static Compiled load(Path file, Extensions extensions) {
        var problems = new ArrayList<Problem>();
        String text = text(file, problems);
        return text == null ? new Compiled.Rejected(problems) : compile(file.toString(), text, extensions);
    }

    /**
     * Compiles a text.
     *
     * @param name
     *            what the text is called in problems
     */
    public static Compiled compile(String name, String text, Extensions extensions) {
        ConfigText.Parsed parsed = ConfigText.parse(name, text);
        Node root = parsed.root();
        if (root == null) {
            return new Compiled.Rejected(parsed.problems());
        }
        Read<Bootstrap> read = new ProtoReader(extensions.messageTypes()).read(root, Bootstrap.getDefaultInstance(),
                "");
        Findings findings = new Findings(read.positions(), extensions);
        findings.addAll(parsed.problems());
        findings.addAll(read.problems());
        Snapshot snapshot = Compiler.read(read.message(), read.positions(), findings);
        return Compiler.compiled(snapshot, findings.problems());
    }

    private static @Nullable String text(Path file, List<Problem> problems) {
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
