package io.weir.app.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at real files and links. */
class FileLooksTest {
    /** More than the ticks of file systems' clocks. */
    private static final long REST_MILLIS = 100;

    @TempDir
    Path folder;

    private static boolean foundChanged(Path file, Instant since) {
        FileLooks now = FileLooks.at(List.of(file.toString()));
        return now.differsFrom(now.unchangedSince(since));
    }

    /** Another link in the place of this one at once, as mounted secrets are changed. */
    private void lead(Path link, Path to) throws Exception {
        Path fresh = Files.createSymbolicLink(folder.resolve("fresh"), to);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aLinkThatHasComeToLeadToAnOlderFileHasChanged() throws Exception {
        Path before = Files.writeString(Files.createDirectory(folder.resolve("before")).resolve("tls.key"), "1");
        Path after = Files.writeString(Files.createDirectory(folder.resolve("after")).resolve("tls.key"), "2");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), folder.resolve("before"));
        Path key = Files.createSymbolicLink(folder.resolve("tls.key"), Path.of("..data", "tls.key"));
        Thread.sleep(REST_MILLIS);
        Instant begun = Instant.now();
        assertThat(foundChanged(key, begun)).as("before").isFalse();
        lead(data, folder.resolve("after"));
        assertThat(Files.readString(key)).isEqualTo("2");
        assertThat(foundChanged(key, begun)).as("by a link on the way").isTrue();
        assertThat(foundChanged(after, begun)).as("the file itself").isFalse();
        lead(key, before);
        assertThat(foundChanged(key, begun)).as("by the last link").isTrue();
    }

    @Test
    void whatIsNotThereOrLeadsInACircleHasNotChanged() throws Exception {
        Path circle = folder.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        Instant now = Instant.now();
        assertThat(foundChanged(circle, now)).isFalse();
        assertThat(foundChanged(folder.resolve("nothing"), now)).isFalse();
    }
}
