package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One change of the configuration after another, under load. */
@Timeout(180)
class ChangesPeerTest {
    private static final int LOAD_SECONDS = 10;

    @TempDir
    private Path folder = Path.of("");
    private final BusyField field;
    private final int further = Ports.free();

    ChangesPeerTest() throws IOException {
        field = new BusyField();
    }

    @AfterEach
    void endAll() {
        field.close();
    }

    /**
     * What the configuration has beside what always stays.
     *
     * @param route
     *            whether the listener of all clients has one more route
     * @param cluster
     *            whether there is one more cluster
     * @param filter
     *            whether its routes have a limit of bodies
     * @param listener
     *            whether there is one more listener
     */
    private record Extras(boolean route, boolean cluster, boolean filter, boolean listener) {
        static Extras of(int bits) {
            return new Extras((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0);
        }
    }

    private String configuration(Extras extras) {
        return field.services()
                + (extras.cluster ? "  other: { at: [\"127.0.0.1:" + field.web + "\"] }\n" : "")
                + "listen:\n" + field.listeners() + """
                          - on: "127.0.0.1:%d"
                        %s    routes:
                        %s      - { to: web }
                        """.formatted(field.http, extras.filter ? "    max_body: 1MiB\n" : "",
                        extras.route ? "      - { path: /more, to: web }\n" : "")
                + (extras.listener ? "  - { on: \"127.0.0.1:" + further + "\", to: web }\n" : "")
                + field.webSockets(
                        extras.route ? "{ match: { prefix: /gone }, direct_response: { status: 410 } }," : "");
    }

    private Path write(Extras extras) throws IOException {
        Path next = Files.writeString(folder.resolve("next.yaml"), configuration(extras));
        return Files.move(next, folder.resolve("weir.yaml"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** A walk through all sixteen configurations and some of the way back, one thing at a time: a Gray code. */
    private static List<Extras> changes() {
        List<Extras> changes = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            int number = i % 16;
            changes.add(Extras.of(number ^ (number >> 1)));
        }
        return changes;
    }

    @Test
    void twentyChangesUnderLoadCostNobodyAnythingThatTheyDoNotRemove() throws Exception {
        try (WeirProcess weir = WeirProcess.following(write(Extras.of(0)), List.of("--drain-time-s", "5"),
                field.ports());
                BusyField.Traffic traffic = field.traffic(weir, LOAD_SECONDS)) {
            int taken = 0;
            for (Extras extras : changes()) {
                write(extras);
                awaitTaken(weir, ++taken);
                assertThat(BusyField.answers(further)).as("%s", extras).isEqualTo(extras.listener);
                traffic.assertUnbroken("after " + extras);
            }
            traffic.assertNoErrors("twenty changes");
        }
    }

    private static void awaitTaken(WeirProcess weir, int count) throws InterruptedException {
        Await.until(() -> count + " changes are taken over\n" + weir.output(),
                () -> weir.output().split("taken over: ", -1).length - 1 >= count);
    }
}
