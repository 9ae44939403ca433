package io.weir.xds.overload;

import io.envoyproxy.envoy.config.overload.v3.OverloadAction;
import io.envoyproxy.envoy.config.overload.v3.OverloadManager;
import io.envoyproxy.envoy.config.overload.v3.ResourceMonitor;
import io.weir.core.overload.Action;
import io.weir.core.overload.MonitorSpec;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.overload.ShedPoint;
import io.weir.core.overload.TimerScale;
import io.weir.core.overload.Trigger;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.resource.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the overload manager of a bootstrap. Stateless. */
record OverloadManagerReader() implements ExtensionReader<OverloadManager, OverloadSpec> {
    /** Measuring reads a few small files: ten times a second is cheap, a hundred times is not for nothing. */
    private static final long REFRESH_NANOS_MIN = 10_000_000L;
    private static final List<String> ACTIONS = Arrays.stream(Action.values()).map(Action::fullName).toList();
    private static final List<String> POINTS = Arrays.stream(ShedPoint.values()).map(ShedPoint::fullName).toList();

    @Override
    public OverloadManager prototype() {
        return OverloadManager.getDefaultInstance();
    }

    @Override
    public Class<OverloadSpec> kind() {
        return OverloadSpec.class;
    }

    @Override
    public OverloadSpec read(OverloadManager config, ReadContext context) {
        Map<String, MonitorSpec> monitors = monitors(config, context);
        Map<Action, List<Trigger>> actions = new EnumMap<>(Action.class);
        List<TimerScale> timers = new ArrayList<>();
        for (int i = 0; i < config.getActionsCount(); i++) {
            OverloadAction action = config.getActions(i);
            ReadContext at = context.at("actions", i);
            Action known = Action.of(action.getName());
            List<Trigger> triggers = triggers(action.getTriggersList(), monitors, at);
            if (known == null) {
                at.problem("name", action.getName(), "Weir does not have this action",
                        Nearest.cure(action.getName(), ACTIONS, "remove it; there are " + String.join(", ", ACTIONS)));
            } else if (actions.put(known, triggers) != null) {
                at.problem("name", action.getName(), "this action is given twice", "keep one of them");
            } else {
                timers.addAll(timers(known, action, at));
            }
        }
        return new OverloadSpec(refreshNanos(config, context), monitors, actions, points(config, monitors, context),
                timers, trackedPowerOfTwo(config, actions, context));
    }

    private static int trackedPowerOfTwo(OverloadManager config, Map<Action, List<Trigger>> actions,
            ReadContext context) {
        boolean resets = actions.containsKey(Action.RESET_HIGH_MEMORY_STREAM);
        if (resets && !config.hasBufferFactoryConfig()) {
            context.problem("buffer_factory_config", "", Action.RESET_HIGH_MEMORY_STREAM.fullName()
                    + " does not know which streams hold much",
                    "write minimum_account_to_track_power_of_two: 20 for those that hold 1 MiB or more");
        } else if (!resets && config.hasBufferFactoryConfig()) {
            context.warning("buffer_factory_config", "", "nothing asks for it",
                    "remove it, or add the action " + Action.RESET_HIGH_MEMORY_STREAM.fullName());
        }
        return config.getBufferFactoryConfig().getMinimumAccountToTrackPowerOfTwo();
    }

    private static long refreshNanos(OverloadManager config, ReadContext context) {
        if (!config.hasRefreshInterval()) {
            return OverloadSpec.REFRESH_NANOS_DEFAULT;
        }
        long nanos = Plain.nanos(config.getRefreshInterval());
        if (nanos < REFRESH_NANOS_MIN) {
            context.problem("refresh_interval", nanos / 1e9 + "s", "measuring so often is work without end",
                    "write 0.01s or more; 1s is the default");
        }
        return Math.max(nanos, REFRESH_NANOS_MIN);
    }

    private static Map<String, MonitorSpec> monitors(OverloadManager config, ReadContext context) {
        Map<String, MonitorSpec> monitors = new LinkedHashMap<>();
        for (int i = 0; i < config.getResourceMonitorsCount(); i++) {
            ResourceMonitor monitor = config.getResourceMonitors(i);
            ReadContext at = context.at("resource_monitors", i);
            MonitorSpec spec = at.extension("typed_config", monitor.getTypedConfig(), MonitorSpec.class);
            if (spec != null && monitors.put(monitor.getName(), spec) != null) {
                at.problem("name", monitor.getName(), "two monitors have this name", "keep one of them");
            }
        }
        return monitors;
    }

    private static Map<ShedPoint, List<Trigger>> points(OverloadManager config, Map<String, MonitorSpec> monitors,
            ReadContext context) {
        Map<ShedPoint, List<Trigger>> points = new EnumMap<>(ShedPoint.class);
        for (int i = 0; i < config.getLoadshedPointsCount(); i++) {
            var point = config.getLoadshedPoints(i);
            ReadContext at = context.at("loadshed_points", i);
            ShedPoint known = ShedPoint.of(point.getName());
            List<Trigger> triggers = triggers(point.getTriggersList(), monitors, at);
            if (known == null) {
                at.problem("name", point.getName(), "Weir sheds no load there",
                        Nearest.cure(point.getName(), POINTS, "remove it; there are " + String.join(", ", POINTS)));
            } else if (points.put(known, triggers) != null) {
                at.problem("name", point.getName(), "this point is given twice", "keep one of them");
            }
        }
        return points;
    }

    private static List<Trigger> triggers(List<io.envoyproxy.envoy.config.overload.v3.Trigger> messages,
            Map<String, MonitorSpec> monitors, ReadContext context) {
        List<Trigger> triggers = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            String name = message.getName();
            ReadContext at = context.at("triggers", i);
            if (!monitors.containsKey(name)) {
                at.problem("name", name, "no monitor has this name",
                        Nearest.cure(name, monitors.keySet(), "add it to resource_monitors, or name one of those"));
            } else if (!seen.add(name)) {
                at.problem("name", name, "there are two triggers for this monitor", "keep one of them");
            }
            switch (message.getTriggerOneofCase()) {
                case THRESHOLD -> triggers.add(new Trigger.Threshold(name, message.getThreshold().getValue()));
                case SCALED -> {
                    double scaling = message.getScaled().getScalingThreshold();
                    double saturation = message.getScaled().getSaturationThreshold();
                    if (saturation > scaling) {
                        triggers.add(new Trigger.Scaled(name, scaling, saturation));
                    } else {
                        at.problem("scaled.saturation_threshold", Double.toString(saturation),
                                "there is no way from " + scaling + " up to " + saturation,
                                "make it more than scaling_threshold, or write threshold");
                    }
                }
                case TRIGGERONEOF_NOT_SET -> {
                    // told by the rules
                }
            }
        }
        return triggers;
    }

    private static List<TimerScale> timers(Action known, OverloadAction action, ReadContext context) {
        if (known == Action.REDUCE_TIMEOUTS) {
            TimerScales scales = context.extension("typed_config", action.getTypedConfig(), TimerScales.class);
            return scales == null ? List.of() : scales.scales();
        }
        if (action.hasTypedConfig()) {
            context.problem("typed_config", known.fullName(), "this action has nothing to be configured", "remove it");
        }
        return List.of();
    }
}
