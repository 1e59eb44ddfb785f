/// The crash explorer: runs random work against the storage engine on a simulated disk, stops at any change of that
/// disk, reopens what survived, and compares it with a naive model.
@NullMarked
package io.walrus.testkit.crash;

import org.jspecify.annotations.NullMarked;
