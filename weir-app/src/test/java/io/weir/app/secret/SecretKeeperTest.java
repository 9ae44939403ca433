package io.weir.app.secret;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Stats;
import io.weir.core.tls.NamedSecrets;
import io.weir.net.tls.Renewable;
import io.weir.net.tls.TlsFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read again when real files change; time stands still. */
class SecretKeeperTest {
    @TempDir
    Path folder;

    /** Reads one file, which names another from the first renewal on; that changes when it has just been read. */
    private final class Reader implements Renewable {
        private final Set<String> watched = new CopyOnWriteArraySet<>(Set.of(file("first").toString()));
        private final List<String> read = new ArrayList<>();

        @Override
        public void renew() {
            try {
                watched.add(file("second").toString());
                read.add(Files.readString(file("second")));
                if (read.size() == 1) {
                    Files.writeString(file("second"), "new");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Set<String> watched() {
            return watched;
        }

        @Override
        public Set<NamedSecrets.Ref> named() {
            return Set.of();
        }
    }

    /** Fails until it is told not to, whatever stands in its file. */
    private final class Failing implements Renewable {
        private boolean fails = true;
        private int tried;

        @Override
        public void renew() throws TlsFailure {
            tried++;
            if (fails) {
                throw new TlsFailure("path", "value", "it is so", "let it be otherwise");
            }
        }

        @Override
        public Set<String> watched() {
            return Set.of(file("first").toString());
        }

        @Override
        public Set<NamedSecrets.Ref> named() {
            return Set.of();
        }
    }

    @Test
    void whatHasFailedIsTriedAgainWhenSomebodySaysSoAndNotByItself() throws Exception {
        Files.writeString(file("first"), "old");
        var stats = new Stats();
        var keeper = new SecretKeeper(() -> {
            throw new AssertionError("no secret has a name");
        }, stats, () -> 0);
        var failing = new Failing();
        Instant longAfter = Instant.now().plusSeconds(3600); // what was written then is long known
        keeper.follow(failing, "failing", stats.root(), longAfter);
        keeper.lookAtOnce();
        assertThat(failing.tried).as("nothing has changed, and nothing failed").isZero();
        Files.writeString(file("first"), "new and longer");
        for (int i = 0; i < 10; i++) {
            keeper.look();
        }
        assertThat(failing.tried).as("its file looks as it did when that failed").isEqualTo(1);
        keeper.lookAtOnce();
        assertThat(failing.tried).as("a signal, such as SIGHUP").isEqualTo(2);
        failing.fails = false;
        keeper.lookAtOnce();
        assertThat(failing.tried).isEqualTo(3);
        keeper.lookAtOnce();
        assertThat(failing.tried).as("it is done").isEqualTo(3);
        assertThat(stats.root().counter("key_rotation_failed").value()).isEqualTo(2);
        assertThat(stats.root().counter("ssl_context_update_by_sds").value()).isEqualTo(1);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    @Test
    void aFileThatIsNamedOnlyNowAndChangesWhileItIsReadIsReadAgain() throws Exception {
        Files.writeString(file("first"), "names none");
        Files.writeString(file("second"), "old");
        var stats = new Stats();
        var keeper = new SecretKeeper(() -> {
            throw new AssertionError("no secret has a name");
        }, stats, () -> 0);
        var reader = new Reader();
        keeper.follow(reader, "reader", stats.root(), Instant.now());
        Files.writeString(file("first"), "names the second");
        keeper.lookAtOnce();
        assertThat(reader.read).containsExactly("old");
        for (int i = 0; i < 10; i++) {
            keeper.look();
        }
        assertThat(reader.read).as("and then there is nothing new").containsExactly("old", "new");
    }

    /** Reads one file, and always comes to grief over it. */
    private record Broken(Path file) implements Renewable {
        @Override
        public void renew() {
            throw new IllegalStateException("what nobody has thought of");
        }

        @Override
        public Set<String> watched() {
            return Set.of(file.toString());
        }

        @Override
        public Set<NamedSecrets.Ref> named() {
            return Set.of();
        }
    }

    @Test
    void aFaultInOneDoesNotKeepTheOthersFromBeingReadAgain() throws Exception {
        Files.writeString(file("first"), "old");
        Files.writeString(file("second"), "old");
        Files.writeString(file("third"), "old");
        var stats = new Stats();
        var keeper = new SecretKeeper(() -> {
            throw new AssertionError("no secret has a name");
        }, stats, () -> 0);
        var reader = new Reader();
        keeper.follow(new Broken(file("third")), "broken", stats.root().child("broken"), Instant.now());
        keeper.follow(reader, "reader", stats.root().child("reader"), Instant.now());
        keeper.follow(new Broken(file("first")), "another", stats.root().child("another"), Instant.now());
        Files.writeString(file("first"), "changed");
        Files.writeString(file("third"), "changed");
        keeper.lookAtOnce();
        assertThat(reader.read).containsExactly("old");
        for (String who : List.of("broken", "another")) {
            assertThat(stats.root().child(who).counter("key_rotation_failed").value()).as(who).isEqualTo(1);
        }
        assertThat(stats.root().child("reader").counter("ssl_context_update_by_sds").value()).isEqualTo(1);
    }
}
