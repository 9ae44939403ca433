package io.weir.testkit.sim.file;

import io.weir.testkit.sim.fleet.Calls;
import io.weir.testkit.sim.fleet.Clients;
import io.weir.testkit.sim.fleet.Clients.Counts;
import io.weir.testkit.sim.fleet.Contender;
import io.weir.testkit.sim.fleet.HostGroup;
import io.weir.testkit.sim.fleet.Keys;
import io.weir.testkit.sim.fleet.Network;
import io.weir.testkit.sim.fleet.Scenario;
import io.weir.testkit.sim.fleet.ServiceTime;
import io.weir.testkit.sim.fleet.Trouble;
import io.weir.xds.resource.Position;
import io.weir.xds.resource.Problem;
import io.weir.xds.yaml.ConfigText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads scenarios: YAML or JSON, described in {@code docs/simulation.md}. Stateless; any thread. Never throws for what
 * a file says.
 */
public final class ScenarioFile {
    /** Hosts of one scenario. */
    public static final int HOSTS_MAX = 100_000;
    /** Clients of one scenario. */
    public static final int CLIENTS_MAX = 10_000;
    /** Workers of one client. */
    public static final int WORKERS_MAX = 1024;
    /** Policies that one scenario compares. */
    public static final int CONTENDERS_MAX = 32;

    private static final long DAY_NANOS = 86_400_000_000_000L;
    private static final List<String> KEYS = List.of("title", "about", "seed", "duration", "warmup", "hosts",
            "troubles", "arrivals", "keys", "clients", "network", "calls", "policies");
    private static final List<String> HOST_KEYS = List.of("count", "service", "slow", "concurrency", "cores", "queue",
            "zone", "weight", "priority");

    private ScenarioFile() {}

    /**
     * What became of a file.
     *
     * @param scenario
     *            null when a problem is an error
     * @param problems
     *            in the order they were found
     */
    public record Read(@Nullable Scenario scenario, List<Problem> problems) {
        public Read {
            problems = List.copyOf(problems);
        }
    }

    /** Reads a file. */
    public static Read read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Read(null, List.of(Problem.error(new Position(file.toString(), 1, 1), "", "",
                    "the file cannot be read: " + e, "name a file that is there, in UTF-8")));
        }
    }

    /**
     * Reads a text.
     *
     * @param file
     *            the name for positions
     */
    public static Read parse(String file, String text) {
        ConfigText.Parsed parsed = ConfigText.parse(file, text);
        List<Problem> problems = new ArrayList<>(parsed.problems());
        if (parsed.root() == null) {
            return new Read(null, problems);
        }
        Scenario scenario = scenario(new Form(parsed.root(), "", problems));
        return new Read(Problem.anyError(problems) ? null : scenario, problems);
    }

    private static Scenario scenario(Form form) {
        form.mapping("a scenario", KEYS);
        long duration = form.nanos("duration", 1, 30_000_000_000L);
        long warmup = form.nanos("warmup", 0, Math.min(duration / 6, 5_000_000_000L));
        Form early = form.part("warmup");
        if (early != null && warmup >= duration) {
            early.problem("the warm-up is no shorter than the duration, so that nothing would be counted",
                    "write a shorter one");
        }
        List<HostGroup> hosts = hosts(form);
        int count = Math.max(1, hosts.stream().mapToInt(HostGroup::count).sum());
        Calls calls = calls(form.part("calls"));
        Clients clients = clients(form.part("clients"));
        Form seed = form.part("seed");
        Form arrivals = form.needed("arrivals", "write arrivals: { poisson: 1000 }, in requests a second");
        return new Scenario(form.text("title", "A scenario without a title"), form.text("about", ""),
                seed == null ? 1 : seed(seed), duration, warmup, hosts,
                Troubles.read(form.items("troubles"), count, duration + calls.timeoutNanos()),
                ArrivalsForm.read(arrivals, duration), keys(form.part("keys")), clients, network(form.part("network")),
                calls, contenders(form, clients.counts()));
    }

    private static long seed(Form form) {
        try {
            return Long.parseLong(form.text());
        } catch (NumberFormatException e) {
            form.problem("a seed is a whole number of at most 63 bits", "write for example seed: 1");
            return 1;
        }
    }

    private static List<HostGroup> hosts(Form form) {
        Form part = form.needed("hosts", "write hosts: { count: 10, service: { exponential: 5ms } }");
        List<HostGroup> groups = new ArrayList<>();
        long sum = 0;
        for (Form item : part == null ? List.<Form>of() : part.items()) {
            item.mapping("a group of hosts", HOST_KEYS);
            Form service = item.needed("service", "write service: { exponential: 5ms }");
            int concurrency = item.whole("concurrency", 1, 1_000_000, 16);
            double cores = item.number("cores", 0.001, 1_000_000, concurrency);
            groups.add(new HostGroup(item.whole("count", 1, HOSTS_MAX, 1), ServiceTimes.read(service),
                    item.number("slow", 0.001, 1_000_000, 1), concurrency, Math.min(cores, concurrency),
                    item.whole("queue", 0, 10_000_000, 1000), item.text("zone", ""),
                    item.whole("weight", 1, 1_000_000, 1), item.whole("priority", 0, 127, 0)));
            sum += groups.getLast().count();
        }
        if (part != null && (sum == 0 || sum > HOSTS_MAX)) {
            part.problem("there are " + sum + " hosts", "write from 1 to " + HOSTS_MAX);
        }
        return groups;
    }

    private static Calls calls(@Nullable Form form) {
        Calls usual = Calls.DEFAULT;
        if (form == null) {
            return usual;
        }
        form.mapping("calls", List.of("timeout", "retries", "retry_errors", "back_off"));
        long timeout = form.nanos("timeout", 1, usual.timeoutNanos());
        return new Calls(Math.min(timeout, DAY_NANOS), form.whole("retries", 0, 100, usual.retriesMax()),
                form.yes("retry_errors"), form.nanos("back_off", 0, usual.backOffNanos()));
    }

    private static Clients clients(@Nullable Form form) {
        if (form == null) {
            return new Clients(1, 1, List.of(), Counts.SHARED);
        }
        form.mapping("clients", List.of("count", "workers", "zones", "counts"));
        return new Clients(form.whole("count", 1, CLIENTS_MAX, 1), form.whole("workers", 1, WORKERS_MAX, 1),
                form.items("zones").stream().map(Form::text).toList(), counts(form.part("counts"), Counts.SHARED));
    }

    private static Counts counts(@Nullable Form form, Counts otherwise) {
        if (form == null) {
            return otherwise;
        }
        switch (form.text()) {
            case "shared" -> {
                return Counts.SHARED;
            }
            case "per_worker" -> {
                return Counts.PER_WORKER;
            }
            default -> form.problem("nobody counts like that", "write shared, as Weir does, or per_worker");
        }
        return otherwise;
    }

    private static Keys keys(@Nullable Form form) {
        if (form == null) {
            return Keys.NONE;
        }
        form.mapping("keys", List.of("count", "skew"));
        return new Keys(form.whole("count", 1, 10_000_000, 1000), form.number("skew", 0, 10, 0));
    }

    private static Network network(@Nullable Form form) {
        if (form == null) {
            return new Network(100_000, 1_000_000, Map.of());
        }
        form.mapping("network", List.of("inside", "across", "pairs"));
        Map<Network.Pair, Long> pairs = new HashMap<>();
        for (Form item : form.items("pairs")) {
            item.mapping("a pair of zones", List.of("between", "takes"));
            List<Form> ends = item.items("between");
            if (ends.size() != 2) {
                item.problem("a pair has two zones", "write { between: [a, b], takes: 2ms }");
            } else {
                pairs.put(new Network.Pair(ends.get(0).text(), ends.get(1).text()), item.nanos("takes", 0, 0));
            }
        }
        long inside = form.nanos("inside", 0, 100_000);
        return new Network(inside, form.nanos("across", 0, Math.max(inside, 1_000_000)), pairs);
    }

    private static List<Contender> contenders(Form form, Counts counts) {
        Form part = form.needed("policies", "write policies: [round_robin, least_request]");
        List<Contender> contenders = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        for (Form item : part == null ? List.<Form>of() : part.items()) {
            Counts own = item.single() ? counts : counts(item.part("counts"), counts);
            Contender contender = ContenderForm.read(item, own);
            if (contender != null) {
                contenders.add(contender);
                if (!labels.add(contender.label())) {
                    item.problem("another policy is called " + contender.label() + " too",
                            "give one of them a label of its own");
                }
            }
        }
        if (part != null && (part.items().isEmpty() || contenders.size() > CONTENDERS_MAX)) {
            part.problem("from 1 to " + CONTENDERS_MAX + " policies are compared", "write that many");
        }
        return contenders;
    }

    /** Service times as {@code 5ms} or {@code { exponential: 5ms }}. */
    static final class ServiceTimes {
        private static final List<String> KINDS = List.of("constant", "exponential", "log_normal", "pareto",
                "percentiles");
        private static final ServiceTime NONE = new ServiceTime.Constant(1);

        private ServiceTimes() {}

        static ServiceTime read(@Nullable Form form) {
            if (form == null) {
                return NONE;
            }
            if (form.single()) {
                return new ServiceTime.Constant(form.nanos(1, 1));
            }
            String kind = form.mapping("a distribution", KINDS).oneOf("a distribution", KINDS);
            Form part = kind == null ? null : form.part(kind);
            if (kind == null || part == null) {
                return NONE;
            }
            return switch (kind) {
                case "constant" -> new ServiceTime.Constant(part.nanos(1, 1));
                case "exponential" -> new ServiceTime.Exponential(part.nanos(1, 1));
                case "log_normal" -> {
                    part.mapping("a log-normal distribution", List.of("median", "sigma"));
                    long median = nanos(part, "median", "write { median: 5ms, sigma: 1 }");
                    yield new ServiceTime.LogNormal(median, part.number("sigma", 0, 10, 1));
                }
                case "pareto" -> {
                    part.mapping("a Pareto distribution", List.of("least", "shape"));
                    long least = nanos(part, "least", "write { least: 5ms, shape: 2 }");
                    yield new ServiceTime.Pareto(least, part.number("shape", 1.0001, 100, 2));
                }
                default -> percentiles(part);
            };
        }

        private static long nanos(Form form, String key, String cure) {
            Form part = form.needed(key, cure);
            return part == null ? 1 : part.nanos(1, 1);
        }

        private static ServiceTime percentiles(Form form) {
            List<ServiceTime.Point> points = new ArrayList<>();
            for (String key : form.keys()) {
                Form part = form.part(key);
                double percent = percent(key);
                long nanos = part == null ? 1 : part.nanos(0, 1);
                ServiceTime.Point before = points.isEmpty() ? null : points.getLast();
                if (Double.isNaN(percent)
                        || (before != null && (percent <= before.percent() || nanos < before.nanos()))) {
                    (part == null ? form : part).problem("percentiles rise from 0 to 100, and their times with them",
                            "write for example { 0: 1ms, 50: 5ms, 99: 40ms, 100: 200ms }");
                } else {
                    points.add(new ServiceTime.Point(percent, nanos));
                }
            }
            if (points.isEmpty()) {
                form.problem("no percentile is given", "write for example { 0: 1ms, 50: 5ms, 100: 200ms }");
                return NONE;
            }
            return new ServiceTime.Empirical(points);
        }

        private static double percent(String key) {
            try {
                double percent = Double.parseDouble(key);
                return percent >= 0 && percent <= 100 ? percent : Double.NaN;
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }
    }

    /** What befalls hosts. */
    static final class Troubles {
        private static final List<String> KINDS = List.of("dead", "hangs", "errors", "slow", "flapping", "antagonist");
        private static final List<String> KEYS = List.of("hosts", "from", "until", "status", "dead", "hangs", "errors",
                "slow", "flapping", "antagonist");

        private Troubles() {}

        static List<Trouble> read(List<Form> forms, int hosts, long endNanos) {
            List<Trouble> troubles = new ArrayList<>();
            for (Form form : forms) {
                Trouble trouble = read(form, hosts, endNanos);
                if (trouble != null) {
                    troubles.add(trouble);
                }
            }
            return troubles;
        }

        private static @Nullable Trouble read(Form form, int hosts, long endNanos) {
            String kind = form.mapping("a trouble", KEYS).oneOf("what happens", KINDS);
            Form part = kind == null ? null : form.part(kind);
            Form who = form.needed("hosts", "write hosts: 3, hosts: 0-4 or hosts: all");
            int[] range = who == null ? null : range(who, hosts);
            long from = form.nanos("from", 0, 0);
            long until = form.nanos("until", 0, endNanos);
            if (until <= from) {
                form.problem("this is over before it begins", "write an until that is later than from");
            }
            if (kind == null || part == null || range == null) {
                return null;
            }
            return new Trouble(range[0], range[1], from, until, kind(kind, part, form));
        }

        private static Trouble.Kind kind(String kind, Form part, Form form) {
            return switch (kind) {
                case "dead" -> new Trouble.Kind.Dead();
                case "hangs" -> new Trouble.Kind.Hangs();
                case "errors" -> new Trouble.Kind.Errors(part.number(0, 1, 0, false),
                        form.whole("status", 400, 599, 503));
                case "slow" -> new Trouble.Kind.Slow(part.number(0.001, 1_000_000, 1, false));
                case "flapping" -> {
                    part.mapping("flapping", List.of("dead", "well"));
                    yield new Trouble.Kind.Flapping(part.nanos("dead", 1_000_000, 1_000_000_000),
                            part.nanos("well", 1_000_000, 1_000_000_000));
                }
                default -> {
                    part.mapping("an antagonist", List.of("slow", "works", "rests"));
                    String cure = "write { slow: 5, works: { exponential: 2s }, rests: { exponential: 8s } }";
                    yield new Trouble.Kind.Antagonist(part.number("slow", 0.001, 1_000_000, 2),
                            ServiceTimes.read(part.needed("works", cure)),
                            ServiceTimes.read(part.needed("rests", cure)));
                }
            };
        }

        /** First and last of {@code 3}, {@code 0-4} or {@code all}; null after a problem. */
        private static int @Nullable [] range(Form form, int hosts) {
            String text = form.text();
            if (text.equals("all")) {
                return new int[]{0, hosts - 1};
            }
            String[] ends = text.split("-", 2);
            try {
                int first = Integer.parseInt(ends[0].strip());
                int last = ends.length == 1 ? first : Integer.parseInt(ends[1].strip());
                if (first >= 0 && first <= last && last < hosts) {
                    return new int[]{first, last};
                }
            } catch (NumberFormatException e) {
                // told below, as what is out of range
            }
            form.problem("these are no hosts of the scenario", "hosts are counted from 0 to " + (hosts - 1)
                    + ": write hosts: 3, hosts: 0-4 or hosts: all");
            return null;
        }
    }
}
