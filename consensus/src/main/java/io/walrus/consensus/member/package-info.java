/// A node as a member of the group: how it starts, how it is taken in or removed, and what it answers other nodes.
/// [io.walrus.consensus.member.RatisMetadataLog] puts the parts together.
@NullMarked
package io.walrus.consensus.member;

import org.jspecify.annotations.NullMarked;
