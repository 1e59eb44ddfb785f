/// The journal: positions, groups, the ring of blocks in memory, and the files behind it. Internal to the engine.
///
/// Three words for how far a group is. **Appended**: its records are in the ring. **Durable**: written to this disk as
/// the fsync policy says, so that the process may die, and under `group` the machine too. **Forced**: on the device
/// whatever the policy. "Commit" is group commit only, the write that makes a group durable, by the committer; what a
/// majority of nodes holds is the business of a cluster, not of an engine.
@NullMarked
package io.walrus.storage.journal;

import org.jspecify.annotations.NullMarked;
