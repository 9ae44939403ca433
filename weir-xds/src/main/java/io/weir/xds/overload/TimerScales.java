package io.weir.xds.overload;

import io.weir.core.overload.TimerScale;
import java.util.List;

/** What {@code envoy.overload_actions.reduce_timeouts} is configured with. */
record TimerScales(List<TimerScale> scales) {
    TimerScales {
        scales = List.copyOf(scales);
    }
}
