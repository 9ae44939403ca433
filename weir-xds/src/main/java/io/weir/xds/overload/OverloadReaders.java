package io.weir.xds.overload;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.overload.v3.ScaleTimersOverloadActionConfig;
import io.envoyproxy.envoy.config.overload.v3.ScaleTimersOverloadActionConfig.ScaleTimer;
import io.envoyproxy.envoy.extensions.resource_monitors.cgroup_memory.v3.CgroupMemoryConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.cpu_utilization.v3.CpuUtilizationConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig;
import io.envoyproxy.envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig;
import io.weir.core.overload.MonitorSpec;
import io.weir.core.overload.TimerScale;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The readers of the overload manager, its monitors and its actions. */
public final class OverloadReaders {
    private static final double PERCENT = 100;

    private OverloadReaders() {}

    /** These extensions and all that has to do with overload. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(new OverloadManagerReader(), new TimersReader(),
                new MonitorReader<>(FixedHeapConfig.getDefaultInstance(),
                        config -> new MonitorSpec.Heap(unsigned(config.getMaxHeapSizeBytes()))),
                new MonitorReader<>(CgroupMemoryConfig.getDefaultInstance(),
                        config -> new MonitorSpec.CgroupMemory(unsigned(config.getMaxMemoryBytes()))),
                new MonitorReader<>(CpuUtilizationConfig.getDefaultInstance(), config -> new MonitorSpec.Cpu(
                        config.getMode() == CpuUtilizationConfig.UtilizationComputeStrategy.CONTAINER)),
                new MonitorReader<>(DownstreamConnectionsConfig.getDefaultInstance(),
                        config -> new MonitorSpec.Connections(config.getMaxActiveDownstreamConnections())),
                new MonitorReader<>(InjectedResourceConfig.getDefaultInstance(),
                        config -> new MonitorSpec.Injected(config.getFilename())));
    }

    /** What is beyond a long has no bound. */
    private static long unsigned(long bits) {
        return bits < 0 ? Long.MAX_VALUE : bits;
    }

    /** A monitor; the rules of the API have seen to its numbers. */
    private record MonitorReader<M extends Message>(M prototype, Function<M, MonitorSpec> reading)
            implements
                ExtensionReader<M, MonitorSpec> {
        @Override
        public Class<MonitorSpec> kind() {
            return MonitorSpec.class;
        }

        @Override
        public MonitorSpec read(M config, ReadContext context) {
            return reading.apply(config);
        }
    }

    /** Which timeouts are shortened, and how far. */
    private record TimersReader() implements ExtensionReader<ScaleTimersOverloadActionConfig, TimerScales> {
        @Override
        public ScaleTimersOverloadActionConfig prototype() {
            return ScaleTimersOverloadActionConfig.getDefaultInstance();
        }

        @Override
        public Class<TimerScales> kind() {
            return TimerScales.class;
        }

        @Override
        public TimerScales read(ScaleTimersOverloadActionConfig config, ReadContext context) {
            List<TimerScale> scales = new ArrayList<>();
            for (int i = 0; i < config.getTimerScaleFactorsCount(); i++) {
                ScaleTimer factor = config.getTimerScaleFactors(i);
                TimerScale.Timer timer = timer(factor);
                ReadContext at = context.at("timer_scale_factors", i);
                if (timer == null) {
                    at.problem("timer", factor.getTimer().name(), "Weir does not shorten this timeout",
                            "remove it; HTTP_DOWNSTREAM_CONNECTION_IDLE, HTTP_DOWNSTREAM_STREAM_IDLE,"
                                    + " TRANSPORT_SOCKET_CONNECT and HTTP_DOWNSTREAM_CONNECTION_MAX can be");
                } else if (scales.stream().anyMatch(each -> each.timer() == timer)) {
                    at.problem("timer", timer.name(), "this timeout is given twice", "keep one of them");
                } else {
                    scales.add(switch (factor.getOverloadAdjustCase()) {
                        case MIN_TIMEOUT -> new TimerScale(timer, Plain.nanos(factor.getMinTimeout()), 0);
                        case MIN_SCALE -> new TimerScale(timer, -1, factor.getMinScale().getValue() / PERCENT);
                        case OVERLOADADJUST_NOT_SET -> new TimerScale(timer, -1, 1); // told by the rules
                    });
                }
            }
            return new TimerScales(scales);
        }

        private static TimerScale.@Nullable Timer timer(ScaleTimer factor) {
            return switch (factor.getTimer()) {
                case HTTP_DOWNSTREAM_CONNECTION_IDLE -> TimerScale.Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE;
                case HTTP_DOWNSTREAM_STREAM_IDLE -> TimerScale.Timer.HTTP_DOWNSTREAM_STREAM_IDLE;
                case TRANSPORT_SOCKET_CONNECT -> TimerScale.Timer.TRANSPORT_SOCKET_CONNECT;
                case HTTP_DOWNSTREAM_CONNECTION_MAX -> TimerScale.Timer.HTTP_DOWNSTREAM_CONNECTION_MAX;
                case HTTP_DOWNSTREAM_STREAM_FLUSH, UNSPECIFIED, UNRECOGNIZED -> null;
            };
        }
    }
}
