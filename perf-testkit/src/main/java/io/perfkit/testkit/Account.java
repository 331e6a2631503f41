package io.perfkit.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a server runs as that refuses to run as root (PostgreSQL does), or that insists on a user with a name.
 *
 * <p>An ordinary user's JVM runs it as that user. For root there are three ways, tried in this order:
 *
 * <ol>
 *   <li>{@code unshare -U} (Linux): a user namespace without any mapping, in which root appears as nobody. The files
 *       stay root's. Containers often forbid it.
 *   <li>{@code setpriv} (Linux): the user nobody, who must own the data directory.
 *   <li>{@code perl} (macOS, and Linux without the above): the same.
 * </ol>
 *
 * All of them replace themselves by the server, so that its process is the one that was started.
 *
 * @param prefix the words before the command
 * @param owner who must own the data directory; null if that is the user of the JVM
 */
record Account(List<String> prefix, @Nullable String owner) {
    private static final String NOBODY = "nobody";
    private static final String BECOME_NOBODY = "use POSIX ();"
            + " my (undef, undef, $uid, $gid) = getpwnam('nobody') or die \"no user nobody\\n\";"
            + " $) = \"$gid $gid\"; POSIX::setgid($gid); POSIX::setuid($uid);"
            + " exec { $ARGV[0] } @ARGV or die \"$ARGV[0]: $!\\n\"";

    static final Account OWN = new Account(List.of(), null);

    private static final class Holder {
        static final Account CHOSEN = choose();
    }

    /** The account for a server that refuses to run as root. */
    static Account unprivileged() {
        return Holder.CHOSEN;
    }

    private static Account choose() {
        if (OWN.works()) {
            return OWN;
        }
        List<Account> candidates = candidates();
        for (Account candidate : candidates) {
            if (candidate.works()) {
                return candidate;
            }
        }
        throw new TestServerException("PostgreSQL refuses to run as user "
                + Workspace.instance().user() + ", and none of "
                + candidates.stream().map(candidate -> candidate.prefix.get(0)).toList()
                + " could make it another one; run as an ordinary user");
    }

    /** The ways to another account than the JVM's own, best first. */
    static List<Account> candidates() {
        List<Account> candidates = new ArrayList<>();
        if (Platform.current().isLinux()) {
            candidates.add(new Account(List.of("unshare", "-U"), null));
        }
        if (Workspace.instance().isRoot()) {
            String group = Commands.run("id", "-g", NOBODY).output();
            if (Platform.current().isLinux()) {
                candidates.add(new Account(
                        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + group, "--clear-groups"), NOBODY));
            }
            candidates.add(new Account(List.of("perl", "-e", BECOME_NOBODY), NOBODY));
        }
        return candidates;
    }

    /** Whether a command run this way is not root's and its user has a name. */
    boolean works() {
        List<String> probe = new ArrayList<>(prefix);
        probe.addAll(List.of("/bin/sh", "-c", "test \"$(id -u)\" -ne 0 && id -un >/dev/null"));
        return Commands.run(probe).succeeded();
    }

    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /** Creates a directory that belongs to this account alone. */
    void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
        if (owner != null) {
            UserPrincipal principal =
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
            Files.setAttribute(directory, "posix:owner", principal, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
