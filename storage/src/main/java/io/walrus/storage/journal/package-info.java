/// The journal: positions, groups, the ring of blocks in memory, and the files behind it. Internal to the engine.
@NullMarked
package io.walrus.storage.journal;

import org.jspecify.annotations.NullMarked;
