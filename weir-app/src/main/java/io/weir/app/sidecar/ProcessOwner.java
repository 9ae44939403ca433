package io.weir.app.sidecar;

import io.weir.xds.spec.Interception;
import io.weir.xds.spec.Interception.Owners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a process runs for, by which its own connections are told from those of others. Immutable.
 *
 * @param user
 *            its number, 0 for root
 * @param group
 *            its number, 0 for that of root
 */
public record ProcessOwner(int user, int group) {
    private static final String ROOT = "0";
    private static final String ROOT_NAME = "root";

    /** Of this process: what the kernel writes on the sockets that it makes (proc_pid_status(5), "filesystem"). */
    public static ProcessOwner current() throws IOException {
        return of(Files.readAllLines(Path.of("/proc/self/status")));
    }

    static ProcessOwner of(List<String> status) throws IOException {
        return new ProcessOwner(number(status, "Uid:"), number(status, "Gid:"));
    }

    private static int number(List<String> status, String key) throws IOException {
        for (String line : status) {
            if (line.startsWith(key)) {
                String[] words = line.substring(key.length()).strip().split("\\s+", -1);
                return Integer.parseInt(words[words.length - 1]);
            }
        }
        throw new IOException("/proc/self/status has no line " + key);
    }

    /**
     * The interception with connections of this owner left alone, so that what Weir sends does not come back to it. By
     * the user; of root, who may have others' programs too, by the group.
     *
     * @return null where neither tells Weir from others, and the configuration does not say that root's are Weir's
     */
    public @Nullable Interception exempted(Interception how) {
        if (user == 0 && group == 0) {
            boolean said = isRoot(how.own().users()) || isRoot(how.own().groups());
            return said ? how : null;
        }
        var users = new ArrayList<>(how.own().users());
        var groups = new ArrayList<>(how.own().groups());
        List<String> list = user == 0 ? groups : users;
        String own = Integer.toString(user == 0 ? group : user);
        if (!list.contains(own)) {
            list.add(own);
        }
        return how.ownedBy(new Owners(users, groups));
    }

    private static boolean isRoot(List<String> owners) {
        return owners.contains(ROOT) || owners.contains(ROOT_NAME);
    }
}
