package io.walrus.server.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a process leaves in its data folder for the next one to tell whether the newest entries may be missing: they
/// are when the machine restarted without them being on its disk.
///
/// Written before a run takes its first entry, and again when it ends in good order. A run that begins in doubt leaves
/// the earlier one's as it is until all copies in doubt are known as such.
///
/// @param machineBoot the start of the machine it ran in
/// @param fsync its policy, as in the settings
/// @param closed whether it ended with all on the disk
public record LastRun(String machineBoot, String fsync, boolean closed) {
    private static final String FILE = "last-run";
    private static final String BOOT_FILE_PROPERTY = "walrus.bootIdFile";
    private static final String BOOT_FILE = "/proc/sys/kernel/random/boot_id";
    private static final String FORCED = "group";

    /// Whether what an earlier run acknowledged last may be missing.
    ///
    /// @param fsync this run's policy; an earlier version of Walrus left nothing, and had the same
    /// @param isEmpty whether nothing was ever stored in the folder
    public static boolean mayHaveLost(Path directory, String machineBoot, String fsync, boolean isEmpty) {
        LastRun last = read(directory);
        if (last == null) {
            return !isEmpty && !fsync.equals(FORCED);
        }
        return !last.closed && !last.fsync.equals(FORCED) && !last.machineBoot.equals(machineBoot);
    }

    /// The start of the machine that this process runs in; one that it has never seen if that can't be told.
    public static String currentBoot() {
        try {
            return Files.readString(Path.of(System.getProperty(BOOT_FILE_PROPERTY, BOOT_FILE)))
                    .strip();
        } catch (IOException _) {
            return UUID.randomUUID().toString();
        }
    }

    /// Whether nothing is known of an earlier run.
    public static boolean isMissing(Path directory) {
        return Files.notExists(directory.resolve(FILE));
    }

    private static @Nullable LastRun read(Path directory) {
        try {
            Properties properties = SmallFiles.properties(directory.resolve(FILE));
            return new LastRun(
                    properties.getProperty("machine-boot", ""),
                    properties.getProperty("fsync", ""),
                    Boolean.parseBoolean(properties.getProperty("closed", "false")));
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException | IllegalArgumentException _) {
            // Whatever it said, nothing in doubt is overlooked.
            return new LastRun("", "", false);
        }
    }

    /// Writes it, or takes the earlier one away if there is no room for it.
    ///
    /// The next run may have another policy. So a run that acknowledges before it forces leaves an empty file.
    /// That puts the next one in doubt.
    public void write(Path directory) throws IOException {
        String text = "version=1\nmachine-boot=" + machineBoot + "\nfsync=" + fsync + "\nclosed=" + closed + "\n";
        try {
            SmallFiles.replace(directory, FILE, text);
        } catch (IOException _) {
            if (fsync.equals(FORCED)) {
                SmallFiles.remove(directory, FILE);
            } else {
                SmallFiles.empty(directory, FILE);
            }
        }
    }
}
