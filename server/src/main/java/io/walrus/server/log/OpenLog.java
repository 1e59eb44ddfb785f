package io.walrus.server.log;

import io.walrus.server.config.Descriptors;
import io.walrus.server.config.MemoryPlan;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.DataFolder;
import io.walrus.server.folder.IoReason;
import io.walrus.server.folder.LastRun;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.EngineStatus;
import io.walrus.storage.engine.FsyncPolicy;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.RecoveryReport;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.UringDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log in the data folder, recovered and open, and the word that this run leaves for the next one ([LastRun]).
///
/// The log is there before the node that uses it. Its news go to nobody until [#tellNewsTo].
public final class OpenLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenLog.class);

    /// Of a request, without the entry: `PUT t `.
    private static final int SHORTEST_PUT_BYTES = 6;

    /// A disk, and how to be done with it once nothing uses it any more.
    private record UsedDisk(FileDisk disk, Runnable close) {}

    private final DataFolder folder;
    private final String fsync;
    private final UsedDisk disk;
    private final LogNews news;
    private final LogEngine engine;
    private final String boot = LastRun.currentBoot();
    private final boolean inDoubt;
    private volatile boolean isRunNoted;

    private OpenLog(DataFolder folder, String fsync, UsedDisk disk, LogNews news, LogEngine engine) {
        this.folder = folder;
        this.fsync = fsync;
        this.disk = disk;
        this.news = news;
        this.engine = engine;
        this.inDoubt =
                LastRun.mayHaveLost(folder.path(), boot, fsync, engine.streams().isEmpty());
    }

    /// Opens the log, which is created if the folder is new.
    ///
    /// @param onFailure run a while after the log failed for good, when the node is to be closed; must not block
    public static OpenLog open(DataFolder folder, ServerConfig config, MemoryPlan memory, Runnable onFailure)
            throws StartupException {
        Path directory = folder.path().resolve("log");
        UsedDisk disk = disk(directory, config);
        LogNews news = new LogNews(onFailure);
        OpenLog opened = null;
        try {
            LogEngine engine = LogEngine.open(disk.disk, engineConfig(config, memory), news);
            report(engine.recovery());
            tellIfSmaller(engine.maxEntryBytes(), config);
            opened = new OpenLog(folder, config.disk().fsync(), disk, news, engine);
        } catch (StorageException e) {
            throw e.category() == StorageException.Category.IN_USE
                    ? DataFolder.inUse(folder.path(), e)
                    : new StartupException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new StartupException("the log in " + directory + " can't be opened: " + IoReason.of(e), e);
        } finally {
            if (opened == null) {
                disk.close.run();
            }
        }
        opened.begin();
        return opened;
    }

    public LogEngine engine() {
        return engine;
    }

    /// Whether the newest entries may be missing here, so that other nodes have to be asked for them.
    public boolean isInDoubt() {
        return inDoubt;
    }

    /// From here on somebody hears what happens to the log, and of an earlier failure at once.
    public void tellNewsTo(EngineListener listener) {
        news.tell(listener);
    }

    private void begin() throws StartupException {
        if (inDoubt) {
            LOG.warn("the machine restarted with entries that were not forced to its disk: the newest may be missing"
                    + " here, other nodes are asked for them");
            return;
        }
        if (LastRun.isMissing(folder.path()) && !engine.streams().isEmpty()) {
            LOG.warn(
                    "the data folder {} has entries and no file last-run: if the run before was not under --fsync group"
                            + " and the machine has restarted since, the newest entries may be missing",
                    folder.path());
        }
        try {
            noteRun();
        } catch (IOException e) {
            close();
            throw new StartupException(notWritable(e), e);
        }
    }

    /// All that may be missing is known to be in doubt for good, so the next start has only this run to judge.
    public void outOfDoubt() {
        try {
            noteRun();
        } catch (IOException e) {
            // The next start is in doubt again, which does no harm.
            LOG.warn("{}", notWritable(e));
        }
    }

    private void noteRun() throws IOException {
        new LastRun(boot, fsync, false).write(folder.path());
        isRunNoted = true;
    }

    private String notWritable(IOException e) {
        return "data folder " + folder.path() + " can't be written: " + IoReason.of(e);
    }

    /// Writes down all there is, and that it was.
    @Override
    public void close() {
        boolean isWell = engine.state() != EngineStatus.State.READ_ONLY;
        try {
            engine.close();
            if (isRunNoted && isWell) {
                new LastRun(boot, fsync, true).write(folder.path());
            }
        } catch (IOException e) {
            LOG.error("the log could not be closed cleanly, the next start recovers it: {}", e.getMessage());
        }
        disk.close.run();
    }

    private static EngineConfig engineConfig(ServerConfig config, MemoryPlan memory) {
        return EngineConfig.builder()
                .policy(policy(config.disk().fsync()))
                .blockBytes(memory.blockBytes())
                .ringBlocks(memory.ringBlocks())
                .minFreeBytes(config.disk().minFreeBytes())
                .maxOpenFiles(Descriptors.available().streamFiles())
                .build();
    }

    /// The blocks are those that the folder was created with, and there is an end to their size.
    private static void tellIfSmaller(int maxEntryBytes, ServerConfig config) {
        int maxFrameBytes = config.listener().limits().maxFrameBytes();
        if (maxEntryBytes < maxFrameBytes - SHORTEST_PUT_BYTES) {
            LOG.warn(
                    "entries of more than {} bytes are refused, though --max-frame-bytes is {}: the log in {} can't take"
                            + " larger ones, since the blocks of its journal stay as they were when the folder was new",
                    maxEntryBytes,
                    maxFrameBytes,
                    config.disk().dataDirectory());
        }
    }

    private static UsedDisk disk(Path directory, ServerConfig config) {
        if (config.disk().ioUring()) {
            try {
                UringDisk rings = UringDisk.open(directory);
                LOG.info("the log reaches the disk through io_uring");
                return new UsedDisk(rings, rings::close);
            } catch (IOException e) {
                LOG.warn("io_uring can't be used ({}): the log goes through file channels", e.getMessage());
            }
        }
        return new UsedDisk(new FileDisk(directory), () -> {});
    }

    private static void report(RecoveryReport recovery) {
        if (!recovery.warning().isEmpty()) {
            LOG.warn("{}", recovery.warning());
        }
        if (recovery.records() > 0) {
            LOG.info(
                    "recovered {} records ({} bytes of journal) in {} ms",
                    recovery.records(),
                    recovery.bytes(),
                    TimeUnit.NANOSECONDS.toMillis(recovery.durationNs()));
        }
    }

    private static FsyncPolicy policy(String setting) {
        return switch (setting) {
            case "group" -> FsyncPolicy.group();
            case "os" -> FsyncPolicy.os();
            default -> FsyncPolicy.interval(Integer.parseInt(setting.substring(setting.indexOf(':') + 1)));
        };
    }
}
