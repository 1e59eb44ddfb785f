package io.walrus.node;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Topic;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import java.util.ArrayList;
import java.util.List;

/// Tells a node's parts of its events, one after the other. Each part has one place, whatever the event: news goes from
/// the first to the last, and what comes of it is flushed from the last to the first. Guarded by the node's lock, but
/// for [#isWaiting].
final class Parts implements MetadataFollower, PeerFollower {
    private final Part[] parts;
    private final FlushedPart[] flushed;
    private final MetadataFollower[] metadataFollowers;
    private final PeerFollower[] peerFollowers;

    Parts(List<Part> inOrder) {
        parts = inOrder.toArray(Part[]::new);
        List<FlushedPart> withFlush = new ArrayList<>();
        List<MetadataFollower> ofMetadata = new ArrayList<>();
        List<PeerFollower> ofPeers = new ArrayList<>();
        for (Part part : inOrder) {
            if (part instanceof FlushedPart one) {
                withFlush.addFirst(one);
            }
            if (part instanceof MetadataFollower one) {
                ofMetadata.add(one);
            }
            if (part instanceof PeerFollower one) {
                ofPeers.add(one);
            }
        }
        flushed = withFlush.toArray(FlushedPart[]::new);
        metadataFollowers = ofMetadata.toArray(MetadataFollower[]::new);
        peerFollowers = ofPeers.toArray(PeerFollower[]::new);
    }

    void tick() {
        for (Part part : parts) {
            part.tick();
        }
    }

    void committed() {
        for (Part part : parts) {
            part.committed();
        }
    }

    void followed() {
        for (Part part : parts) {
            part.followed();
        }
    }

    /// Has the parts write, send and propose what they have decided. If that fails, nobody knows how much of it was
    /// done: an error, and none of the request or message that came before.
    void flush() {
        try {
            for (FlushedPart part : flushed) {
                part.flush();
            }
        } catch (RuntimeException e) {
            throw new AssertionError("what was decided could not be carried out", e);
        }
    }

    /// Whether [#committed] has something to do. From any thread.
    boolean isWaiting() {
        for (Part part : parts) {
            if (part.isWaiting()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void follow(ClusterState before) {
        for (MetadataFollower follower : metadataFollowers) {
            follower.follow(before);
        }
    }

    @Override
    public void extended(Topic topic, long fromSegment) {
        for (MetadataFollower follower : metadataFollowers) {
            follower.extended(topic, fromSegment);
        }
    }

    @Override
    public void replicasChanged(Topic topic, long segment) {
        for (MetadataFollower follower : metadataFollowers) {
            follower.replicasChanged(topic, segment);
        }
    }

    @Override
    public void restored() {
        for (MetadataFollower follower : metadataFollowers) {
            follower.restored();
        }
    }

    @Override
    public void up(Peer peer) {
        for (PeerFollower follower : peerFollowers) {
            follower.up(peer);
        }
    }

    @Override
    public void down(Peer peer) {
        for (PeerFollower follower : peerFollowers) {
            follower.down(peer);
        }
    }
}
