package io.walrus.consensus.raft;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.rpc.CallId;

/// Tells the followers at once that an entry is committed. Ratis tells them with the next entry or heartbeat, up to
/// half an election timeout later, and they apply the entry only then. A linearizable read makes the leader send a
/// heartbeat to all followers, so one such read follows each command; commands that come faster share a read.
///
/// A heartbeat carries no news to a follower that has an entry on its way, and a second read of the same state sends no
/// second heartbeat. So the read waits a little for followers that lack the committed entry, but not for the ones that
/// the last read waited for in vain.
public final class CommitNews {
    private static final long PATIENCE_MS = 1000;
    private static final long FOLLOWERS_PATIENCE_NS = 10_000_000;
    private static final long POLL_US = 500;

    private final MetadataGroup group;
    private final Executor threads;
    private final ClientId reader = ClientId.randomId();
    private final AtomicLong untold = new AtomicLong();

    /// How many followers the last read waited for in vain. Written by the one thread that tells.
    private volatile long absent;

    public CommitNews(MetadataGroup group, Executor threads) {
        this.group = group;
        this.threads = threads;
    }

    /// A command was applied here. Does not block.
    public void applied() {
        if (group.leads() && untold.getAndIncrement() == 0) {
            threads.execute(this::tell);
        }
    }

    private void tell() {
        long telling;
        do {
            telling = untold.get();
            try {
                awaitFollowers(group.division().getInfo().getLastAppliedIndex());
                group.server().submitClientRequestAsync(read()).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            } catch (IOException | RuntimeException | ExecutionException | TimeoutException _) {
                // The next heartbeat tells them.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        } while (untold.addAndGet(-telling) > 0);
    }

    private void awaitFollowers(long index) throws InterruptedException {
        long fromNs = System.nanoTime();
        long lacking = lacking(index);
        while (lacking > absent && System.nanoTime() - fromNs < FOLLOWERS_PATIENCE_NS) {
            TimeUnit.MICROSECONDS.sleep(POLL_US);
            lacking = lacking(index);
        }
        absent = lacking;
    }

    private long lacking(long index) {
        long[] followersHave = group.division().getInfo().getFollowerMatchIndices();
        return followersHave == null
                ? 0
                : LongStream.of(followersHave).filter(has -> has < index).count();
    }

    /// Touches nothing but the group.
    private RaftClientRequest read() {
        return RaftClientRequest.newBuilder()
                .setClientId(reader)
                .setServerId(group.server().getId())
                .setGroupId(group.id())
                .setCallId(CallId.getAndIncrement())
                .setType(RaftClientRequest.readRequestType(false, false, true))
                .build();
    }
}
