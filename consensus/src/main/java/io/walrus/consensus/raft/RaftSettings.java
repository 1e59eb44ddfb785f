package io.walrus.consensus.raft;

import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.call.InternalMethods;
import io.walrus.consensus.raft.RaftFolder.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Every setting of Ratis that differs from its default, with the reason.
public final class RaftSettings {
    private static final SizeInBytes LARGEST_ENTRY = SizeInBytes.valueOf("4MB");

    static final int WRITE_BUFFER_BYTES = LARGEST_ENTRY.getSizeInt() + 64;

    private RaftSettings() {}

    public static RaftProperties of(RaftConfig config, RaftFolder folder, Stage stage) {
        RaftProperties settings = new RaftProperties();
        storage(settings, config, folder);
        timing(settings, config, stage);

        GrpcConfigKeys.Server.setHost(settings, config.host());
        GrpcConfigKeys.Server.setPort(settings, config.port());
        GrpcConfigKeys.setMessageSizeMax(settings, SizeInBytes.valueOf(InternalMethods.MAX_CALL_BYTES));

        // See CommitNews: with a lease, a read would send no heartbeat.
        RaftServerConfigKeys.Read.setOption(settings, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(settings, false);
        // A new member has a vote from when it is fewer entries than this behind.
        RaftServerConfigKeys.setStagingCatchupGap(settings, 10);
        // One that does not answer while it is taken in is given up after this; others wait for their turn meanwhile.
        RaftServerConfigKeys.setStagingTimeout(settings, millis(3000));
        return settings;
    }

    private static void storage(RaftProperties settings, RaftConfig config, RaftFolder folder) {
        // Both are below /tmp by default.
        RaftServerConfigKeys.setStorageDir(settings, List.of(folder.groups().toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(settings, folder.removed().toFile());

        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(settings, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(settings, config.snapshotEveryCommands());
        // The one before the last serves when a crash comes between a snapshot and its checksum file.
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(settings, 2);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(settings, true);
        RaftServerConfigKeys.Log.setPurgeGap(
                settings, (int) Math.min(RaftServerConfigKeys.Log.PURGE_GAP_DEFAULT, config.snapshotEveryCommands()));

        // One log entry per commit index would follow each command and keep an idle group writing.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(settings, false);
        // Metadata is small: the defaults of 32 MB a file and an 8 MB buffer cost start-up time and memory.
        RaftServerConfigKeys.Log.setSegmentSizeMax(settings, SizeInBytes.valueOf("8MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(settings, SizeInBytes.valueOf("256KB"));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(settings, LARGEST_ENTRY);
        // A member that was away is tried again every 100 ms, not every five seconds, and for ever.
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(settings, "1ms,10, 100ms," + Integer.MAX_VALUE);
        RaftServerConfigKeys.Log.setWriteBufferSize(settings, SizeInBytes.valueOf(WRITE_BUFFER_BYTES));
    }

    private static void timing(RaftProperties settings, RaftConfig config, Stage stage) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(settings, time(config.electionTimeoutMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(settings, time(config.electionTimeoutMax()));
        switch (stage) {
            // Nobody else could be leading, so there is nothing to wait for.
            case FOUNDING, LONE_MEMBER -> {
                RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(settings, millis(50));
                RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(settings, millis(100));
            }
            case BLANK, MEMBER -> {}
        }
        // Who led and was cut off for a moment may be the only one whose log is long enough to lead again, so it must
        // not wait the ten seconds of the default before it stands. Pre-votes keep it from disturbing another leader.
        // It is also the pause of a whole process after which a leader no longer takes itself for one.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(settings, millis(1000));
        // A process that was stopped for a minute would otherwise close its division and live on without it.
        RaftServerConfigKeys.setCloseThreshold(settings, TimeDuration.valueOf(1000, TimeUnit.DAYS));
        // Commands are idempotent; the cache of replies only saves work, and each entry holds memory for this long.
        RaftServerConfigKeys.RetryCache.setExpiryTime(settings, TimeDuration.valueOf(10, TimeUnit.SECONDS));
    }

    private static TimeDuration time(Duration duration) {
        return millis(duration.toMillis());
    }

    private static TimeDuration millis(long count) {
        return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
    }
}
