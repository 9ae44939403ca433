package io.weir.app.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.Source;
import io.weir.xds.compile.Compiled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFollowerTest {
    @TempDir
    private Path folder = Path.of("");
    private Path file = Path.of("");
    private long second;

    @BeforeEach
    void oneFile() throws IOException {
        file = folder.resolve("weir.yaml");
        write("a");
    }

    /** Each at a time of its own, however coarse those of the file system are. */
    private void write(String name) throws IOException {
        Files.writeString(file, "listen: { on: \"127.0.0.1:0\", to: " + name + " }\nservices: { " + name
                + ": { at: \"127.0.0.1:1\" } }\n", StandardCharsets.UTF_8);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L + 1_000 * ++second));
    }

    @Test
    void aChangeIsToldOnceWhenTheFileHasLookedTheSameTwice() throws IOException {
        var follower = new FileFollower(file);
        assertThat(follower.changed()).isFalse();
        write("b");
        assertThat(follower.changed()).isFalse();
        write("c");
        assertThat(follower.changed()).isFalse();
        assertThat(follower.changed()).isTrue();
        assertThat(follower.changed()).isFalse();
    }

    @Test
    void aFileThatIsGoneForAMomentIsNoChange() throws IOException {
        var follower = new FileFollower(file);
        Files.delete(file);
        assertThat(follower.changed()).isFalse();
        assertThat(follower.changed()).isFalse();
        write("b");
        assertThat(follower.changed()).isFalse();
        assertThat(follower.changed()).isTrue();
    }

    @Test
    void whatHasBeenLoadedMeanwhileIsNotToldAgain() throws IOException {
        Source source = Source.file(file);
        FileFollower follower = source.follower().orElseThrow();
        write("b");
        assertThat(follower.changed()).isFalse();
        assertThat(source.load()).isInstanceOf(Compiled.Accepted.class);
        assertThat(follower.changed()).isFalse();
        assertThat(follower.changed()).isFalse();
    }

    @Test
    void whatChangesBetweenALoadAndTheFirstLookIsTold() throws IOException {
        Source source = Source.file(file);
        assertThat(source.load()).isInstanceOf(Compiled.Accepted.class);
        write("b");
        FileFollower follower = source.follower().orElseThrow();
        assertThat(follower.changed()).isFalse();
        assertThat(follower.changed()).isTrue();
    }
}
