package io.walrus.consensus;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.rpc.CallId;

/// Lets the followers know at once what is committed. Ratis tells them with the next entry or heartbeat, up to half
/// an election timeout later, and only then do they apply it. A linearizable read makes the leader send a heartbeat
/// to all of them; this makes one such read after each command or, if they come faster than that, after several.
final class CommitNews {
    private static final long PATIENCE_MS = 1000;

    private final Group group;
    private final Executor threads;
    private final ClientId reader = ClientId.randomId();
    private final AtomicLong untold = new AtomicLong();

    CommitNews(Group group, Executor threads) {
        this.group = group;
        this.threads = threads;
    }

    /// A command was applied here. Does not block.
    void applied() {
        if (group.leads() && untold.getAndIncrement() == 0) {
            threads.execute(this::tell);
        }
    }

    private void tell() {
        long telling;
        do {
            telling = untold.get();
            try {
                group.server().submitClientRequestAsync(read()).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            } catch (IOException | IllegalStateException | ExecutionException | TimeoutException _) {
                // The next heartbeat tells them.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        } while (untold.addAndGet(-telling) > 0);
    }

    /// Touches nothing but the group.
    private RaftClientRequest read() {
        return RaftClientRequest.newBuilder()
                .setClientId(reader)
                .setServerId(group.server().getId())
                .setGroupId(Group.ID)
                .setCallId(CallId.getAndIncrement())
                .setType(RaftClientRequest.readRequestType(false, false, true))
                .build();
    }
}
