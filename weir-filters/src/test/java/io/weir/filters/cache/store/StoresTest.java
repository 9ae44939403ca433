package io.weir.filters.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.cache.rules.Content;
import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.StoreKey;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.codec.HeaderName;
import io.weir.http.server.ProxyFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept within bounds, and what of it is given up first. */
final class StoresTest {
    private static StoredResponse response(int bytes) {
        return new StoredResponse(200, List.of(new StoredResponse.Line(HeaderName.of("x"), "\u00e4y")),
                new Content.Bytes(new byte[bytes]), 1, 2, 3);
    }

    private static StoreKey key(String text) {
        return new StoreKey("host/" + text, text);
    }

    @Test
    void theLeastRecentlyUsedIsGivenUpFirst() {
        var store = new MemoryStore(10_000);
        for (int i = 0; i < 8; i++) {
            store.put(key("k" + i), response(800));
        }
        assertThat(store.find(key("k0"))).isNotNull();
        store.put(key("k8"), response(800));
        store.put(key("k9"), response(800));
        assertThat(store.find(key("k0"))).isNotNull();
        assertThat(store.find(key("k1"))).isNull();
        assertThat(store.bytes()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void whatIsTooLargeTakesThePlaceOfNothingButItsOwn() {
        var store = new MemoryStore(10_000);
        store.put(key("a"), response(10));
        store.put(key("b"), response(10));
        store.put(key("a"), response(5_000));
        assertThat(store.find(key("a"))).isNull();
        assertThat(store.find(key("b"))).isNotNull();
    }

    @Test
    void bytesAreCountedExactlyWhateverHappens() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var store = new MemoryStore(20_000);
        for (int i = 0; i < 10_000; i++) {
            var key = key("k" + random.nextInt(50));
            if (random.nextInt(4) == 0) {
                store.remove(key);
            } else {
                store.put(key, response(random.nextInt(3_000)));
            }
            assertThat(store.bytes()).as("seed %d", seed).isBetween(0L, 20_000L);
        }
        for (int i = 0; i < 50; i++) {
            store.remove(key("k" + i));
        }
        assertThat(store.bytes()).as("seed %d", seed).isZero();
    }

    private static FileStore files(Path directory, long entriesMax) throws InterruptedException {
        var store = FileStore.alone(new FileLimits(directory, 1_000_000, 10_000, entriesMax, 0.5));
        ProxyFixture.eventually(store::scanned);
        return store;
    }

    @Test
    void aFileComesBackAsItWas(@TempDir Path directory) throws Exception {
        var store = files(directory, 10);
        store.put(key("a"), response(3));
        store.put(key("b"), new Entry.Variants(List.of(HeaderName.of("accept")), 7));
        var again = files(directory, 10);
        assertThat(again.find(key("a"))).isInstanceOfSatisfying(StoredResponse.class, found -> {
            assertThat(found.status()).isEqualTo(200);
            assertThat(found.lines()).isEqualTo(response(3).lines());
            assertThat(found.content().length()).isEqualTo(3);
            assertThat(List.of(found.requestMillis(), found.responseMillis(), found.ageAtResponseSeconds()))
                    .containsExactly(1L, 2L, 3L);
        });
        assertThat(again.find(key("b"))).isEqualTo(new Entry.Variants(List.of(HeaderName.of("accept")), 7));
        assertThat(again.find(key("c"))).isNull();
    }

    @Test
    void aBrokenFileIsNone(@TempDir Path directory) throws Exception {
        var store = files(directory, 10);
        store.put(key("a"), response(100));
        Path file;
        try (var all = Files.list(directory)) {
            file = all.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] broken = bytes.clone();
            broken[random.nextInt(broken.length)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, i % 2 == 0 ? broken : java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            assertThat(files(directory, 10).find(key("a"))).as("seed %d", seed).isNull();
        }
    }

    @Test
    void filesBeyondTheBoundsAreGivenUpAndHalvesOfFilesRemoved(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("weir-x.1.part"), "half");
        var store = files(directory, 4);
        for (int i = 0; i < 5; i++) {
            store.put(key("k" + i), response(10));
        }
        assertThat(store.find(key("k0"))).isNull();
        assertThat(store.find(key("k4"))).isNotNull();
        store.put(key("big"), response(20_000));
        assertThat(store.find(key("big"))).isNull();
        try (var all = Files.list(directory)) {
            assertThat(all).hasSize(2);
        }
    }

    @Test
    void whatIsNoFileOfACacheKeepsNoOtherFromBeingFound(@TempDir Path directory) throws Exception {
        var store = files(directory, 100);
        for (int i = 0; i < 20; i++) {
            store.put(key("k" + i), response(10));
            Files.createDirectories(directory.resolve("weir-" + i + ".part").resolve("x"));
        }
        var again = files(directory, 100);
        for (int i = 0; i < 20; i++) {
            assertThat(again.find(key("k" + i))).isNotNull();
        }
    }

    @Test
    void whatIsForgottenIsGoneEvenWhereItWasNotKnown(@TempDir Path directory) throws Exception {
        var other = files(directory, 100);
        files(directory, 100).put(key("a"), response(10));
        other.remove(key("a"));
        ProxyFixture.eventually(() -> {
            try (var all = Files.list(directory)) {
                return all.findAny().isEmpty();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
