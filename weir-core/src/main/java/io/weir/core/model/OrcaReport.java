package io.weir.core.model;

import java.util.Map;

/**
 * How loaded a host says it is: {@code xds.data.orca.v3.OrcaLoadReport}, as it came; nothing is checked. Immutable; any
 * thread.
 *
 * @param cpuUtilization
 *            0 ... 1, or above where a host is told to use less than it could
 * @param memUtilization
 *            0 ... 1
 * @param applicationUtilization
 *            what the application itself calls its load; 0 where it says nothing
 * @param rps
 *            requests a second
 * @param eps
 *            errors a second
 * @param utilization
 *            of other resources, by name
 * @param requestCost
 *            of this request, by name
 * @param namedMetrics
 *            whatever else the application tells, by name
 */
public record OrcaReport(double cpuUtilization, double memUtilization, double applicationUtilization, double rps,
        double eps, Map<String, Double> utilization, Map<String, Double> requestCost,
        Map<String, Double> namedMetrics) {
    /** Says nothing. */
    public static final OrcaReport NONE = new OrcaReport(0, 0, 0, 0, 0, Map.of(), Map.of(), Map.of());

    public OrcaReport {
        utilization = Map.copyOf(utilization);
        requestCost = Map.copyOf(requestCost);
        namedMetrics = Map.copyOf(namedMetrics);
    }
}
