package io.weir.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.HttpExtensions;
import io.weir.xds.check.Honoured;
import io.weir.xds.yaml.MessageTypes;
import org.junit.jupiter.api.Test;

final class HonouredFieldsTest {
    @Test
    void theTableNamesOnlyWhatThereIs() {
        assertThat(Honoured.core().with(HttpExtensions.class, "/io/weir/http/honoured.txt")
                .with(FilterExtensions.class, "/io/weir/filters/honoured.txt").mistakes(MessageTypes.envoy()))
                .isEmpty();
    }
}
