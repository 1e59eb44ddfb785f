package io.walrus.server.folder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The newest runs of the node on its data folder, by the ids that the cluster knows them by.
///
/// A run is noted here before the cluster hears of it. So the last one that the cluster remembers is in the list, but
/// for one case: an older folder was put in place of that in which it was noted. What was confirmed since is missing.
public final class Runs {
    private static final String FILE = "runs";
    /// The last one that the cluster heard of is among so many: a process notes its run when the cluster is at hand.
    private static final int MAX_RUNS = 16;

    private Runs() {}

    /// Whether the folder is older than the run that the cluster remembers last. A folder without a list, of an earlier
    /// version of Walrus, is believed; a list that can't be read is not.
    public static boolean isOlder(Path directory, UUID remembered) {
        try {
            return !read(directory).contains(remembered.toString());
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    /// Notes a run as the newest one. If there is no room for that, the list is taken away.
    public static void note(Path directory, UUID run) throws IOException {
        try {
            SmallFiles.replace(directory, FILE, text(directory, run));
        } catch (IOException _) {
            SmallFiles.remove(directory, FILE);
        }
    }

    private static List<String> read(Path directory) throws IOException {
        return Files.readAllLines(directory.resolve(FILE), StandardCharsets.UTF_8);
    }

    private static String text(Path directory, UUID run) {
        List<String> runs = new ArrayList<>();
        try {
            runs.addAll(read(directory));
        } catch (IOException _) {
            // None before this one, or none that is of use.
        }
        runs.add(run.toString());
        return String.join("\n", runs.subList(Math.max(0, runs.size() - MAX_RUNS), runs.size())) + "\n";
    }
}
