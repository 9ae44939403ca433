package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Namespaces;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Two sidecars in namespaces of the test's own, of which the till's takes connections by TPROXY and is permissive:
 * everything that the walk-through of docs/sidecar.md does not show.
 */
class SidecarPeerTest {
    private static final int SHOP = 0;
    private static final int TILL = 1;
    private static final Duration EXIT_MAX = Duration.ofSeconds(60);
    private static final String READY = "connections are brought here";
    /** Weir's own group, by which its connections, and those of a curl that pretends, go past it. */
    private static final List<String> PAST = List.of("setpriv", "--regid", "1337", "--clear-groups");

    private static final String APPLICATION = """
            stream { server { listen 7000; listen [::]:7000; return "I speak first\\n"; } }
            http {
              access_log off;
              server {
                listen 8080; listen [::]:8080; listen 8081; listen 8082; listen 8083 http2; listen 9000;
                location / { return 200 "$server_port $remote_addr $http_x_forwarded_client_cert.\\n"; }
              }
            }
            """;

    private static String identity(String name) {
        return "  identity: { cert: %s.pem, key: %s.key }\n  trust: authority.pem\n".formatted(name, name)
                + "  mesh: [10.77.0.0/24, \"fd77::/64\"]\n  detection_timeout: 5s\n";
    }

    private static final String SHOP_SAYS = "sidecar:\n" + identity("shop") + """
              exclude: { outbound: { ports: [8082] } }
            log: stdout
            admin: 127.0.0.1:15000
            """;

    private static final String TILL_SAYS = "sidecar:\n" + identity("till") + """
              intercept: tproxy
              mtls: permissive
              ports: { 8081: { mtls: strict, allow: ["spiffe://example/desk/*"] } }
              exclude: { inbound: { ports: [9000] } }
            log: stdout
            admin: 127.0.0.1:15000
            """;

    private static PeerProcess sidecar(Namespaces networks, int side, Path folder, String text, String... options)
            throws IOException {
        Path file = Files.writeString(folder.resolve("sidecar-" + side + ".yaml"), text);
        List<String> words = new ArrayList<>(PAST);
        words.addAll(WeirProcess.command("sidecar", "run", "--no-follow", "--drain-time-s", "2", file.toString()));
        words.addAll(List.of(options));
        return PeerProcess.start("sidecar", PeerProcess.folder("sidecar"),
                networks.within(side, inFolder(folder, words)));
    }

    /** Files of certificates are named as they stand there. */
    private static String[] inFolder(Path folder, List<String> words) {
        var all = new ArrayList<>(List.of("env", "--chdir=" + folder));
        all.addAll(words);
        return all.toArray(String[]::new);
    }

    /** Lines of logs come a little later than what they tell of. */
    private static void await(PeerProcess process, String text) {
        Await.until(() -> text + " in " + process.output(), () -> {
            boolean alive = process.alive();
            boolean said = process.output().contains(text);
            assertThat(said || alive).as(process.output()).isTrue();
            return said;
        });
    }

    private static String curl(Namespaces networks, int side, String... words) {
        var all = new ArrayList<>(List.of("curl", "-sS", "-m", "30"));
        all.addAll(List.of(words));
        return networks.run(side, all.toArray(String[]::new));
    }

    /** By a client that has no sidecar. */
    private static String plain(Namespaces networks, String... words) {
        var all = new ArrayList<>(PAST);
        all.addAll(List.of("curl", "-sS", "-m", "30"));
        all.addAll(List.of(words));
        return networks.run(SHOP, all.toArray(String[]::new));
    }

    private static String stats(Namespaces networks, int side) {
        return curl(networks, side, "http://127.0.0.1:15000/stats?filter=^listener.sidecar");
    }

    @Test
    void twoSidecarsSpeakMutualTlsWhileOthersAreLetInPastOrRefusedAsIsWritten() throws IOException {
        List.of("nft", "curl", "nginx", "setpriv", "openssl").forEach(Peers::require);
        try (Namespaces networks = Namespaces.pair(); Certificates certificates = Certificates.make()) {
            networks.ip("-n", networks.name(TILL), "address", "add", "10.78.0.2/32", "dev", "eth0");
            networks.ip("-n", networks.name(SHOP), "route", "add", "10.78.0.2/32", "via", "10.77.0.2");
            certificates.issue("shop", "URI:spiffe://example/shop");
            certificates.issue("till", "URI:spiffe://example/till");
            Path folder = certificates.folder();
            try (PeerProcess nginx = Nginx.start("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n",
                    APPLICATION, networks.within(TILL));
                    PeerProcess shop = sidecar(networks, SHOP, folder, SHOP_SAYS);
                    PeerProcess till = sidecar(networks, TILL, folder, TILL_SAYS)) {
                await(shop, READY);
                await(till, READY);
                assertThat(nginx.alive()).isTrue();
                betweenSidecars(networks, till);
                whoHasNone(networks, till);
                pastWeir(networks, shop, till);
                aReload(networks, shop, folder);
                anUpgradeWhoseRulesAreRefused(networks, shop, folder);
                anUpgrade(networks, shop);
                theEnd(networks, till);
            }
            rulesThatStayAndRulesByHand(networks, folder);
        }
    }

    private static void betweenSidecars(Namespaces networks, PeerProcess till) {
        String ipv4 = curl(networks, SHOP, "http://10.77.0.2:8080/", "-H", "x-forwarded-client-cert: URI=forged");
        assertThat(ipv4).as(till.output()).startsWith("8080 10.77.0.1 By=spiffe://example/till;Hash=")
                .endsWith(";URI=spiffe://example/shop.\n");
        assertThat(curl(networks, SHOP, "http://[fd77::2]:8080/")).as(till.output())
                .startsWith("8080 fd77::1 By=spiffe://example/till;Hash=").endsWith(";URI=spiffe://example/shop.\n");
        assertThat(curl(networks, SHOP, "--http2-prior-knowledge", "-w", "HTTP/%{http_version}",
                "http://10.77.0.2:8083/")).as(till.output()).startsWith("8083 10.77.0.1 By=spiffe://example/till;")
                .endsWith(";URI=spiffe://example/shop.\nHTTP/2");
        assertThat(networks.run(SHOP, "bash", "-c", "cat < /dev/tcp/10.77.0.2/7000")).isEqualTo("I speak first\n");
        assertThat(stats(networks, SHOP)).contains("listener.sidecar_outbound.downstream_pre_cx_timeout: 1\n");
        assertThat(stats(networks, TILL)).contains("listener.sidecar_inbound.downstream_pre_cx_timeout: 0\n");
        await(till, "-> 10.77.0.2:7000 ");
        assertThat(till.output()).contains("inbound spiffe://example/shop 10.77.0.1:");
        assertThat(curl(networks, SHOP, "-o", "/dev/null", "-w", "%{http_code}", "http://10.77.0.2:8081/"))
                .as("this one is for the desks").isEqualTo("503");
        assertThat(stats(networks, TILL)).contains("listener.sidecar_inbound.ssl.fail_verify_san: ")
                .doesNotContain("listener.sidecar_inbound.ssl.fail_verify_san: 0");
    }

    private static void whoHasNone(Namespaces networks, PeerProcess till) {
        assertThat(plain(networks, "http://10.77.0.2:8080/", "-H", "x-forwarded-client-cert: URI=spiffe://example/x"))
                .as(till.output()).isEqualTo("8080 10.77.0.1 .\n");
        assertThat(plain(networks, "http://[fd77::2]:8080/")).isEqualTo("8080 fd77::1 .\n");
        assertThat(plain(networks, "http://10.77.0.2:8081/")).startsWith("curl: (");
        await(till, "inbound refused 10.77.0.1:");
    }

    private static void pastWeir(Namespaces networks, PeerProcess shop, PeerProcess till) {
        // excluded on the way out: in plain, as the till is permissive
        assertThat(curl(networks, SHOP, "http://10.77.0.2:8082/")).isEqualTo("8082 10.77.0.1 .\n");
        assertThat(shop.output()).doesNotContain("10.77.0.2:8082");
        // excluded on the way in
        assertThat(plain(networks, "http://10.77.0.2:9000/")).isEqualTo("9000 10.77.0.1 .\n");
        await(till, "-> 10.77.0.2:8082 ");
        assertThat(till.output()).doesNotContain("10.77.0.2:9000");
        // loopback, by whichever address
        assertThat(curl(networks, TILL, "http://127.0.0.1:8080/")).isEqualTo("8080 127.0.0.1 .\n");
        assertThat(curl(networks, TILL, "http://10.77.0.2:8080/")).isEqualTo("8080 10.77.0.2 .\n");
        assertThat(till.output()).doesNotContain("127.0.0.1:8080", " 10.77.0.2:8080 ->");
        // who is not in the mesh is spoken to in plain
        assertThat(curl(networks, SHOP, "http://10.78.0.2:8080/")).isEqualTo("8080 10.77.0.1 .\n");
        await(shop, "-> 10.78.0.2:8080 by outbound_passthrough");
        // nobody brought this one here, so that it was going nowhere else
        assertThat(plain(networks, "http://10.77.0.2:15006/")).isEqualTo("no healthy upstream");
    }

    private static void reload(PeerProcess shop, Path folder, String text) throws IOException {
        Files.writeString(folder.resolve("sidecar-" + SHOP + ".yaml"), text);
        new ProcessBuilder("kill", "-HUP", Long.toString(shop.pid())).start();
    }

    /** Other rules take the place of those there are; those that nft refuses change nothing. */
    private static void aReload(Namespaces networks, PeerProcess shop, Path folder) throws IOException {
        reload(shop, folder, SHOP_SAYS.replace("[8082] }", "[8082] }, users: [weir-has-no-such-user]"));
        await(shop, "its rules cannot be set: nft refuses");
        reload(shop, folder, SHOP_SAYS.replace("sidecar:\n", "sidecar:\n  intercept: tproxy\n"));
        await(shop, "the connections that are redirected here now would be reset");
        reload(shop, folder, "static_resources: {}\n");
        await(shop, "it has no sidecar any more");
        assertThat(shop.output()).doesNotContain(" taken over: ");
        assertThat(curl(networks, SHOP, "http://10.77.0.2:8082/")).as("still excluded").isEqualTo("8082 10.77.0.1 .\n");
        reload(shop, folder, SHOP_SAYS.replace("ports: [8082]", "ports: [9001]"));
        await(shop, "connections are brought here by other rules");
        assertThat(curl(networks, SHOP, "http://10.77.0.2:8082/")).as(shop.output())
                .endsWith(";URI=spiffe://example/shop.\n");
    }

    private static void rulesThatStayAndRulesByHand(Namespaces networks, Path folder) throws IOException {
        try (PeerProcess kept = sidecar(networks, TILL, folder, TILL_SAYS, "--keep-rules")) {
            await(kept, READY);
            kept.terminate();
            assertThat(kept.awaitExit(EXIT_MAX)).as(kept.output()).isZero();
            assertThat(kept.output()).contains("the rules stay: nothing comes in or goes out");
        }
        String before = networks.run(TILL, "nft", "list", "ruleset");
        assertThat(before).contains("weir_sidecar");
        assertThat(networks.run(TILL, "ip", "rule")).contains("fwmark");
        assertThat(networks.run(TILL, WeirProcess.command("sidecar", "clean").toArray(String[]::new))).isEmpty();
        var words = new ArrayList<>(PAST);
        words.addAll(WeirProcess.command("sidecar", "rules", "sidecar-" + TILL + ".yaml"));
        Path rules = Files.writeString(folder.resolve("rules.nft"),
                networks.run(TILL, inFolder(folder, words)));
        assertThat(networks.run(TILL, "nft", "-f", rules.toString())).isEmpty();
        assertThat(networks.run(TILL, "nft", "list", "ruleset")).as("what is printed is what is set").isEqualTo(before);
        assertThat(networks.run(TILL, WeirProcess.command("sidecar", "clean").toArray(String[]::new))).isEmpty();
    }

    /** It comes while nft is at work, which sets the rules all the same. */
    @Test
    void aSignalToEndThatComesBeforeTheRulesAreSetLeavesNoneBehind() throws IOException {
        Peers.require("setpriv");
        Path nft = Peers.require("nft");
        try (Namespaces networks = Namespaces.pair(); Certificates certificates = Certificates.make()) {
            certificates.issue("shop", "URI:spiffe://example/shop");
            Path folder = certificates.folder();
            Path once = Files.writeString(folder.resolve("nft"),
                    "#!/bin/sh\n[ -e told ] || { touch told; kill -TERM $PPID; sleep 1; }\nexec " + nft + " \"$@\"\n");
            assertThat(once.toFile().setExecutable(true)).isTrue();
            Path file = Files.writeString(folder.resolve("early.yaml"), SHOP_SAYS);
            List<String> words = new ArrayList<>(List.of("PATH=" + folder + ":" + System.getenv("PATH")));
            words.addAll(PAST);
            words.addAll(WeirProcess.command("sidecar", "run", "--drain-time-s", "1", file.toString()));
            try (PeerProcess early = PeerProcess.start("sidecar", PeerProcess.folder("sidecar"),
                    networks.within(SHOP, inFolder(folder, words)))) {
                assertThat(early.awaitExit(EXIT_MAX)).as(early.output()).isZero();
                assertThat(early.output()).contains("the rules are gone");
            }
            assertThat(folder.resolve("told")).exists();
            assertThat(networks.run(SHOP, "nft", "list", "tables")).isEmpty();
        }
    }

    /** Nobody has left, no rule has changed, and who asked for it hears why. */
    private static void anUpgradeWhoseRulesAreRefused(Namespaces networks, PeerProcess shop, Path folder)
            throws IOException {
        String rules = networks.run(SHOP, "nft", "list", "ruleset");
        Path file = folder.resolve("sidecar-" + SHOP + ".yaml");
        String good = Files.readString(file);
        Files.writeString(file, good.replace("[9001] }", "[9001] }, users: [weir-has-no-such-user]"));
        assertThat(upgrade(networks, SHOP)).as(shop.output()).contains("failed: ",
                "its rules cannot be set: nft refuses", "serves on");
        Files.writeString(file, good);
        assertThat(networks.run(SHOP, "nft", "list", "ruleset")).isEqualTo(rules);
        assertThat(curl(networks, SHOP, "http://10.77.0.2:8080/")).as(shop.output())
                .endsWith(";URI=spiffe://example/shop.\n");
    }

    private static String upgrade(Namespaces networks, int side) {
        return networks.run(side, WeirProcess.command("upgrade", "127.0.0.1:15000").toArray(String[]::new));
    }

    /** The sockets are the same, and the way that connections come to them is another. */
    @Test
    void anUpgradeTakesTheWayOfTproxyInThePlaceOfRedirectAndBack() throws IOException {
        List.of("nft", "curl", "nginx", "setpriv", "openssl").forEach(Peers::require);
        try (Namespaces networks = Namespaces.pair(); Certificates certificates = Certificates.make()) {
            certificates.issue("till", "URI:spiffe://example/till");
            Path folder = certificates.folder();
            String redirect = TILL_SAYS.replace("  intercept: tproxy\n", "");
            try (PeerProcess nginx = Nginx.start("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n",
                    APPLICATION, networks.within(TILL)); PeerProcess till = sidecar(networks, TILL, folder, redirect)) {
                await(till, READY);
                assertThat(nginx.alive()).isTrue();
                String own = "8080 10.77.0.2 .\n";
                assertThat(plain(networks, "http://10.77.0.2:8080/")).as(till.output()).isEqualTo(own);
                Files.writeString(folder.resolve("sidecar-" + TILL + ".yaml"), TILL_SAYS);
                assertThat(upgrade(networks, TILL)).as(till.output()).contains("took over");
                assertThat(plain(networks, "http://10.77.0.2:8080/")).as("the client's address")
                        .isEqualTo("8080 10.77.0.1 .\n");
                assertThat(plain(networks, "http://[fd77::2]:8080/")).isEqualTo("8080 fd77::1 .\n");
                Files.writeString(folder.resolve("sidecar-" + TILL + ".yaml"), redirect);
                assertThat(upgrade(networks, TILL)).contains("took over");
                assertThat(plain(networks, "http://10.77.0.2:8080/")).isEqualTo(own);
            }
        }
    }

    /** The rules are those of the new process then, which takes them away at its end. */
    private static void anUpgrade(Namespaces networks, PeerProcess shop) {
        assertThat(upgrade(networks, SHOP)).as(shop.output()).contains("took over");
        assertThat(shop.awaitExit(EXIT_MAX)).as(shop.output()).isZero();
        assertThat(shop.output()).contains("the rules stay for the process that took over");
        assertThat(curl(networks, SHOP, "http://10.77.0.2:8080/")).endsWith(";URI=spiffe://example/shop.\n");
        assertThat(curl(networks, SHOP, "-X", "POST", "http://127.0.0.1:15000/quitquitquit")).isEqualTo("OK\n");
        Await.until(() -> "the rules are gone\n" + shop.output(),
                () -> networks.run(SHOP, "nft", "list", "tables").isEmpty());
    }

    private static void theEnd(Namespaces networks, PeerProcess till) throws IOException {
        till.kill();
        assertThat(networks.run(TILL, "nft", "list", "tables")).contains("weir_sidecar");
        assertThat(networks.run(TILL, "ip", "rule")).contains("fwmark");
        assertThat(plain(networks, "http://10.77.0.2:8080/")).as("nobody is there").startsWith("curl: (");
        assertThat(networks.run(TILL, WeirProcess.command("sidecar", "clean").toArray(String[]::new))).isEmpty();
        assertThat(networks.run(TILL, "nft", "list", "tables")).isEmpty();
        assertThat(networks.run(TILL, "ip", "rule") + networks.run(TILL, "ip", "-6", "rule")).doesNotContain("fwmark");
        assertThat(curl(networks, SHOP, "http://10.77.0.2:8080/")).isEqualTo("8080 10.77.0.1 .\n");
    }
}
