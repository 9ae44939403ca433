package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.dist.SourceTree;
import io.weir.testkit.Namespaces;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The walk-through of docs/sidecar.md, line by line, in namespaces of other names. */
class SidecarWalkPeerTest {
    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Duration WALK_MAX = Duration.ofSeconds(150);
    /** A record of TLS with something inside (RFC 8446, section 5.1). */
    private static final String RECORD = "\u0017\u0003\u0003";

    /** What a user types: every command of the page. */
    private static String commands() throws IOException {
        Matcher blocks = BLOCK.matcher(Files.readString(SourceTree.root().resolve("docs/sidecar.md")));
        var text = new StringBuilder();
        for (int i = 0; blocks.find(); i++) {
            text.append("echo '== ").append(i).append("'\n").append(blocks.group(1));
        }
        return text.toString();
    }

    /** A {@code weir} on the PATH, which is this test's. */
    private static Path launcher(Path folder) throws IOException {
        String words = WeirProcess.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Path file = Files.writeString(folder.resolve("weir"), "#!/bin/sh\nexec " + words + " \"$@\"\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String section(String output, int number) {
        int begin = output.indexOf("== " + number + "\n");
        int end = output.indexOf("== " + (number + 1) + "\n");
        assertThat(begin).as(output).isNotNegative();
        return output.substring(begin, end < 0 ? output.length() : end);
    }

    @Test
    void anUnmodifiedClientAndServerTalkMutualTlsThroughTwoSidecarsAsThePageSays() throws IOException {
        List.of("nft", "curl", "openssl", "nginx", "tcpdump", "setpriv", "bash").forEach(Peers::require);
        try (Namespaces names = Namespaces.named()) {
            Path folder = PeerProcess.folder("sidecar");
            launcher(folder);
            Path mesh = Files.createDirectory(folder.resolve("mesh"));
            Path script = Files.writeString(folder.resolve("walk.sh"), "set -eu\nexport PATH=" + folder
                    + ":$PATH:/usr/sbin:/sbin\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n"
                    + commands().replace("/tmp/mesh", mesh.toString()).replace("mesh-", names.prefix()));
            try (PeerProcess walk = PeerProcess.start("walk", folder, List.of("bash", script.toString()))) {
                int code = walk.awaitExit(WALK_MAX);
                String output = walk.output();
                assertThat(code).as(output).isZero();
                whatIsPromised(output);
                String wire = Files.readString(mesh.resolve("wire.pcap"), StandardCharsets.ISO_8859_1);
                assertThat(wire).contains(RECORD).doesNotContain("good day", "GET /", "I speak first");
                assertThat(Files.readString(mesh.resolve("shop.log"))).contains("by outbound_mesh_http", "GET /",
                        "by outbound_mesh -", "the rules are gone");
            }
        }
    }

    private static void whatIsPromised(String output) {
        assertThat(section(output, 2)).contains("good day, \n");
        assertThat(section(output, 3)).contains("redirect to :15001", "redirect to :15006", "meta skgid 1337 return");
        assertThat(section(output, 4).split("\n")).filteredOn(line -> line.contains("URI=spiffe://example/shop"))
                .as(output).hasSize(2);
        assertThat(section(output, 4).split("I speak first\n", -1)).as(output).hasSize(3);
        assertThat(section(output, 4)).contains("packets that can be read: 0");
        assertThat(section(output, 5)).contains("refused\n", "inbound spiffe://example/shop 10.77.0.1:",
                "inbound spiffe://example/shop [fd77::1]:", "inbound refused 10.77.0.1:",
                "listener.sidecar_inbound.no_filter_chain_match: 1\n",
                "listener.sidecar_outbound.downstream_pre_cx_timeout: 0\n").doesNotContain("good day");
        assertThat(section(output, 6)).doesNotContain("weir_sidecar");
    }
}
