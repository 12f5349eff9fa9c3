package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.Node.Items;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How many backends each group lists; nothing is said of one without a list. */
record GroupSizes(Map<String, Integer> byName) {
    static GroupSizes in(Section root) {
        Map<String, Integer> sizes = new HashMap<>();
        root.sectionOrEmpty("backends")
                .named()
                .forEach((name, group) -> group.node("urls")
                        .filter(Items.class::isInstance)
                        .ifPresent(
                                urls -> sizes.put(name, ((Items) urls).items().size())));
        return new GroupSizes(Map.copyOf(sizes));
    }

    Optional<Integer> of(String group) {
        return Optional.ofNullable(byName.get(group));
    }
}
