package io.weir.app.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.weir.app.Version;
import io.weir.app.log.LogLevels;
import io.weir.core.stats.Stats;
import io.weir.observe.export.PrometheusText;
import io.weir.observe.export.StatsFilter;
import io.weir.observe.export.StatsJson;
import io.weir.observe.export.StatsText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Every page of the admin: its path, whether it changes something, what it is for, and what it answers. */
final class Endpoints {
    /** Regular expressions beyond these are refused: RE2 takes a name's length times the steps of its program. */
    private static final int FILTER_CHARS_MAX = 1024;
    private static final int FILTER_STEPS_MAX = 1000;
    /** What probes ask for: made at once, on whatever thread asks, and never behind a page that takes long. */
    private static final String READY = "/ready";

    /** One page; one that changes something is had by POST only. */
    record Page(String path, boolean changes, String help, Function<Query, Answer> answer) {
    }

    private final Administered weir;
    private final SortedMap<String, Page> pages = new TreeMap<>();

    Endpoints(Administered weir) {
        this.weir = weir;
        shows("/", "this page", _ -> Answer.html(IndexPage.html(pages.values())));
        shows("/help", "this list as text", _ -> Answer.text(IndexPage.text(pages.values())));
        shows(READY, "200 LIVE when it serves, else 503 and its state", _ -> ready());
        shows("/server_info", "version, state, uptime and options as JSON", _ -> Answer.json(serverInfo()));
        shows("/clusters", "clusters and their hosts (?format=json)", this::clusters);
        shows("/listeners", "listeners that are open (?format=json)", this::listeners);
        shows("/stats", "all numbers (?format=json|prometheus, ?filter=REGEX, ?usedonly)", this::stats);
        shows("/stats/prometheus", "all numbers for Prometheus (?filter=REGEX, ?usedonly)", this::prometheus);
        shows("/filter_times", "how long HTTP filters work and hold requests up",
                _ -> Answer.text(FilterTimesPage.text(weir.stats())));
        changes("/filter_times/on", "measure how long HTTP filters take", _ -> filterTimes(true));
        changes("/filter_times/off", "measure it no longer", _ -> filterTimes(false));
        shows("/config_dump", "the configuration that is served, as JSON", _ -> Answer.json(weir.configDump()));
        shows("/memory", "memory in use, as JSON", _ -> Answer.json(memory()));
        changes("/logging", "log levels (?level=LEVEL for all, ?NAME=LEVEL for one)", Endpoints::logging);
        changes("/healthcheck/fail", "let health answers and /ready say no", _ -> {
            weir.healthy(false);
            return ok();
        });
        changes("/healthcheck/ok", "let them say yes again", _ -> {
            weir.healthy(true);
            return ok();
        });
        changes("/drain_listeners", "close all listeners (?listener=NAME, ?inboundonly; ?graceful: over the drain time,"
                + " ?skip_exit)", this::drainListeners);
        changes("/upgrade", "start a new process and hand the listening sockets over", _ -> weir.upgrade()
                ? Answer.text("upgrading from " + ProcessHandle.current().pid() + "\n")
                : Answer.text(409, "an upgrade is under way, or this Weir is leaving\n"));
        shows("/upgrade_state", "how that stands", _ -> Answer.text(weir.upgradeText() + "\n"));
        changes("/reopen_logs", "open access log files anew", _ -> {
            weir.reopenLogs();
            return ok();
        });
        changes("/quitquitquit", "stop at once", _ -> {
            weir.quit();
            return ok();
        });
    }

    /**
     * What a request is answered. As in Envoy, what changes something is had by POST, and what shows something by POST
     * as well as by GET.
     *
     * @param target
     *            path and query
     */
    Answer answer(String method, String target) {
        int query = target.indexOf('?');
        Page page = pages.get(query < 0 ? target : target.substring(0, query));
        if (page == null) {
            return Answer.text(404, "no such page; " + IndexPage.text(pages.values()));
        }
        if (page.changes()) {
            if (!method.equals("POST")) {
                return Answer.notAllowed(method, "POST", "POST");
            }
        } else if (!method.equals("GET") && !method.equals("HEAD") && !method.equals("POST")) {
            return Answer.notAllowed(method, "GET, HEAD, POST", "GET");
        }
        return page.answer().apply(Query.of(query < 0 ? "" : target.substring(query + 1)));
    }

    /** Whether the answer costs next to nothing, so that it need not wait for a thread that makes pages. */
    static boolean prompt(String target) {
        return target.startsWith(READY) && (target.length() == READY.length() || target.charAt(READY.length()) == '?');
    }

    private void shows(String path, String help, Function<Query, Answer> answer) {
        pages.put(path, new Page(path, false, help, answer));
    }

    private void changes(String path, String help, Function<Query, Answer> answer) {
        pages.put(path, new Page(path, true, help, answer));
    }

    private Answer filterTimes(boolean wanted) {
        weir.stats().timesFilters(wanted);
        return ok();
    }

    private static Answer ok() {
        return Answer.text("OK\n");
    }

    private Answer ready() {
        Administered.State state = weir.state();
        return Answer.text(state == Administered.State.LIVE ? 200 : 503, state.name() + "\n");
    }

    private Answer drainListeners(Query query) {
        boolean graceful = query.has("graceful");
        boolean skipExit = query.has("skip_exit");
        if (skipExit && !graceful) {
            return Answer.text(400, "skip_exit: only with graceful\n");
        }
        String name = query.has("listener") ? query.value("listener", "") : null;
        boolean inboundOnly = query.has("inboundonly");
        if (name != null && inboundOnly) {
            return Answer.text(400, "inboundonly: not with listener, which names the one that is meant\n");
        }
        if (!weir.drainListeners(new Administered.Which(inboundOnly, name), graceful, skipExit) && name != null) {
            return Answer.text(400, "listener: none is called \"" + name + "\"; open are "
                    + weir.listeners().stream().map(Administered.ListenerLine::name).toList() + "\n");
        }
        return ok();
    }

    private String serverInfo() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("version", "weir/" + Version.text() + "/java-" + Runtime.version());
        info.put("state", weir.state().name());
        info.put("hot_restart_version", "disabled");
        info.put("uptime_current_epoch", weir.uptimeSeconds() + "s");
        info.put("uptime_all_epochs", weir.uptimeSeconds() + "s");
        info.putAll(weir.facts());
        return Json.of(info);
    }

    private Answer clusters(Query query) {
        return query.wantsJson()
                ? Answer.json(ClusterPage.json(weir.clusters()))
                : Answer.text(ClusterPage.text(weir.clusters()));
    }

    private Answer listeners(Query query) {
        List<Administered.ListenerLine> listeners = weir.listeners();
        if (!query.wantsJson()) {
            StringBuilder out = new StringBuilder();
            for (Administered.ListenerLine line : listeners) {
                line.addresses().forEach(
                        address -> out.append(line.name()).append("::").append(Addresses.text(address)).append('\n'));
            }
            return Answer.text(out.toString());
        }
        List<Object> statuses = new ArrayList<>();
        for (Administered.ListenerLine line : listeners) {
            Map<String, Object> status = new LinkedHashMap<>();
            status.put("name", line.name());
            status.put("local_address", Addresses.json(line.addresses().getFirst()));
            if (line.addresses().size() > 1) {
                status.put("additional_local_addresses",
                        line.addresses().stream().skip(1).map(Addresses::json).toList());
            }
            statuses.add(status);
        }
        return Answer.json(Json.of(Map.of("listener_statuses", statuses)));
    }

    private Answer stats(Query query) {
        return switch (query.value("format", "text")) {
            case "text", "" -> written(query, Answer.TEXT, StatsText::write);
            case "json" -> written(query, Answer.JSON, StatsJson::write);
            case "prometheus" -> prometheus(query);
            default -> Answer.text(400, "format: text, json or prometheus\n");
        };
    }

    private Answer prometheus(Query query) {
        return written(query, PrometheusText.CONTENT_TYPE, PrometheusText::write);
    }

    /** One of the exports of all numbers. */
    private interface Export {
        void write(Stats stats, StatsFilter filter, Appendable out) throws IOException;
    }

    private Answer written(Query query, String type, Export export) {
        Predicate<String> filter = null;
        String regex = query.value("filter", "");
        if (regex.length() > FILTER_CHARS_MAX) {
            return Answer.text(400, "filter: longer than " + FILTER_CHARS_MAX + " characters\n");
        }
        if (!regex.isEmpty()) {
            try {
                Pattern pattern = Pattern.compile(regex);
                if (pattern.programSize() > FILTER_STEPS_MAX) {
                    return Answer.text(400, "filter: more than " + FILTER_STEPS_MAX + " steps; repeat fewer times\n");
                }
                filter = name -> pattern.matcher(name).find();
            } catch (PatternSyntaxException e) {
                return Answer.text(400, "filter: not a regular expression of RE2: " + e.getMessage() + "\n");
            }
        }
        StringBuilder out = new StringBuilder(64 * 1024);
        try {
            export.write(weir.stats(), new StatsFilter(query.has("usedonly"), filter), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Answer.of(type, out.toString());
    }

    private static String memory() {
        Runtime runtime = Runtime.getRuntime();
        long direct = ManagementFactory.getPlatformMXBeans(java.lang.management.BufferPoolMXBean.class).stream()
                .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed).sum();
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("allocated", Long.toString(runtime.totalMemory() - runtime.freeMemory()));
        memory.put("heap_size", Long.toString(runtime.totalMemory()));
        memory.put("heap_size_max", Long.toString(runtime.maxMemory()));
        memory.put("direct_buffers", Long.toString(direct));
        memory.put("total_physical_bytes", Long.toString(ResidentMemory.bytes()));
        return Json.of(memory);
    }

    private static Answer logging(Query query) {
        LogLevels levels = LogLevels.PROCESS;
        for (Map.Entry<String, String> change : query.parameters().entrySet()) {
            String name = change.getKey();
            boolean known = name.equals("level")
                    ? levels.all(change.getValue())
                    : levels.of(name, change.getValue());
            if (!known) {
                return Answer.text(400, name + ": not a level (" + change.getValue() + "); write one of "
                        + String.join(", ", LogLevels.words()) + "\n");
            }
        }
        StringBuilder out = new StringBuilder("active loggers:\n");
        levels.shown().forEach((name, word) -> out.append("  ").append(name).append(": ").append(word).append('\n'));
        return Answer.text(out.toString());
    }
}
