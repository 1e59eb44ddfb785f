/// Everything that ends a segment: seal and extend, in its planned form ([Rollover]) and in the form that works with
/// the leader dead ([Sealer]), and the reasons for either.
@NullMarked
package io.walrus.node.seal;

import org.jspecify.annotations.NullMarked;
