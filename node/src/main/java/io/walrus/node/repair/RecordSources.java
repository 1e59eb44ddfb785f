package io.walrus.node.repair;

import io.walrus.node.config.Timing;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage.Read;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogStream;

/// Where transfers get their records: other nodes, and what can be read of this node's own damaged copy. Guarded by the
/// node's lock.
public final class RecordSources {

    private final MetadataView view;
    private final Peers peers;
    private final Segments segments;
    private final BlockReads reads;
    private final Throttle throttle;
    private final Now now;

    /// @param bytesPerSecond how much of sealed segments is copied in a second, 0 for no limit
    public RecordSources(
            MetadataView view, Peers peers, Segments segments, BlockReads reads, Now now, long bytesPerSecond) {
        this.view = view;
        this.peers = peers;
        this.segments = segments;
        this.reads = reads;
        this.now = now;
        this.throttle = new Throttle(now, bytesPerSecond);
    }

    /// Asks the next node that may have the records of a transfer from `from` on, unless that has to wait.
    ///
    /// @return false if all were asked and had nothing
    boolean ask(Transfer transfer, long from) {
        for (Long source = transfer.source(); source != null; source = transfer.source()) {
            boolean isHere = source == view.self().nodeId();
            Peer peer = peers.connected(source);
            boolean isOpen = transfer.isUrgent() || throttle.isOpen();
            if ((isHere || peer != null) && (!isOpen || (peer != null && !peer.takesMore()))) {
                return true;
            }
            if (isHere && askHere(transfer, from)) {
                return true;
            }
            if (peer != null) {
                transfer.asking();
                peer.ask(
                        id -> new Read(
                                id, transfer.key(), ReadKind.RECORDS, from, transfer.upTo(), BlockReads.BLOCK_BYTES),
                        transfer,
                        0,
                        now.ns() + Timing.TRANSFER_ANSWER_NS);
                return true;
            }
            transfer.nextSource();
        }
        return false;
    }

    private boolean askHere(Transfer transfer, long from) {
        LogStream own = segments.withRecords(transfer.key(), from);
        if (own == null) {
            return false;
        }
        transfer.asking();
        reads.readFromDisk(ReadKind.RECORDS, own, from, BlockReads.BLOCK_BYTES, (read, failure) -> {
            // A copy: the records may have to wait for room in the log.
            RecordBlock found = failure == null
                    ? RecordBlock.of(from, read, transfer.upTo()).copied()
                    : null;
            if (failure != null) {
                segments.readFailed(own, failure);
            }
            transfer.came(found == null || found.count() == 0 ? null : found);
        });
        return true;
    }

    /// So many bytes have come for a transfer.
    void came(Transfer transfer, long bytes) {
        if (!transfer.isUrgent()) {
            throttle.used(bytes);
        }
    }
}
