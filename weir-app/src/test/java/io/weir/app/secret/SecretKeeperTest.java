package io.weir.app.secret;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Stats;
import io.weir.core.tls.NamedSecrets;
import io.weir.net.tls.Renewable;
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
}
