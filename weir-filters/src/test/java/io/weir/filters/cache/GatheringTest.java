package io.weir.filters.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much room bodies take on their way into a cache. */
@Timeout(60)
final class GatheringTest {
    @Test
    void longBodiesThatHaveNotComeYetTakeNoRoomFromOthers() throws Exception {
        try (var cached = CachedOrigin.saying("Cache-Control: max-age=600")) {
            var memory = new io.weir.filters.cache.store.MemoryStore(64L * 1024 * 1024);
            var spec = new CacheSpec(new CacheSpec.Place.Memory(64L * 1024 * 1024), java.util.List.of(),
                    CacheSpec.OFF.key(), Long.MAX_VALUE, true, CacheSpec.Patience.DEFAULT);
            var cache = new Cache(spec, memory, CacheNumbers.in(cached.proxy.stats.root().child("other")));
            var slow = new ArrayList<Gathering>();
            for (int i = 0; i < 20; i++) {
                slow.add(new Gathering(cache));
                assertThat(slow.getLast().expect(memory.entryBytesMax())).isTrue();
            }
            var quick = new Gathering(cache);
            assertThat(quick.add(Unpooled.wrappedBuffer(new byte[1_000]))).isTrue();
            assertThat(quick.expect(memory.entryBytesMax() + 1)).isFalse();
        }
    }
}
