package io.weir.app.boot;

import io.weir.app.admin.Addresses;
import io.weir.app.admin.AdminServer;
import io.weir.app.admin.Administered;
import io.weir.net.transport.ListenFailure;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessLogs;
import io.weir.xds.spec.AdminSpec;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The admin server, where there is one: opened at a start, moved by a reload. The conductor's, but for its address. */
final class AdminKeeper implements AutoCloseable {
    private final Administered weir;
    private final AccessLogs logs;
    private boolean held;
    private volatile @Nullable AdminServer server;
    private @Nullable AdminSpec served;

    /** Why the admin cannot be served as asked for; the path begins at the bootstrap. */
    record Refusal(String path, String value, String message, String cure) {
    }

    AdminKeeper(Administered weir, AccessLogs logs) {
        this.weir = weir;
        this.logs = logs;
    }

    /** Answers nobody before {@link #begin}: another process still answers by the same socket. */
    void hold() {
        held = true;
    }

    /** Answers from now on. */
    void begin() {
        held = false;
        AdminServer serving = server;
        if (serving != null) {
            serving.begin();
        }
    }

    /** Where it listens, null when there is none. */
    @Nullable
    SocketAddress address() {
        AdminServer serving = server;
        return serving == null ? null : serving.address();
    }

    /**
     * Serves the admin as it is to be from now on; null is not at all. A new address is bound before the old one
     * closes, and what is refused leaves everything as it was.
     */
    List<Refusal> follow(@Nullable AdminSpec next) {
        AdminServer serving = server;
        AdminSpec before = served;
        List<Refusal> refusals = new ArrayList<>();
        if (next == null) {
            close();
        } else if (serving != null && before != null && before.address().equals(next.address())) {
            if (!before.equals(next)) {
                change(serving, next, refusals);
            }
        } else {
            AccessLog log = log(next, refusals);
            if (log != null && open(next, log, refusals) && serving != null) {
                serving.close();
            }
        }
        return refusals;
    }

    private boolean open(AdminSpec spec, AccessLog log, List<Refusal> refusals) {
        try {
            AdminServer opened = AdminServer.prepare(spec.address(), spec.unixMode(), weir, log);
            server = opened;
            served = spec;
            if (!held) {
                opened.begin();
            }
            return true;
        } catch (ListenFailure e) {
            log.close();
            refusals.add(refused(spec, e));
            return false;
        }
    }

    private void change(AdminServer serving, AdminSpec next, List<Refusal> refusals) {
        AccessLog log = log(next, refusals);
        if (log == null) {
            return;
        }
        serving.logTo(log);
        served = next;
        try {
            serving.permit(next.unixMode());
        } catch (ListenFailure e) {
            refusals.add(refused(next, e));
        }
    }

    private static Refusal refused(AdminSpec spec, ListenFailure failure) {
        return new Refusal("admin.address", Addresses.text(spec.address()),
                "the admin cannot listen: " + failure.reason().text(), failure.reason().cure());
    }

    private @Nullable AccessLog log(AdminSpec spec, List<Refusal> refusals) {
        return switch (logs.open(spec.accessLogs())) {
            case AccessLogs.Opened.Ready(AccessLog log) -> log;
            case AccessLogs.Opened.Failed(List<AccessLogs.Fault> faults) -> {
                for (AccessLogs.Fault fault : faults) {
                    refusals.add(new Refusal(path(spec, fault.index()), fault.sink(), fault.message(),
                            "make it a file that this process may write, or remove the log"));
                }
                yield null;
            }
        };
    }

    private static String path(AdminSpec spec, int index) {
        return index == spec.listed() ? "admin.access_log_path" : "admin.access_log[" + index + "].typed_config.path";
    }

    @Override
    public void close() {
        AdminServer serving = server;
        if (serving != null) {
            server = null;
            served = null;
            serving.close();
        }
    }
}
