package dev.fanoutgateway.caching;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What several directives say together (RFC 9111 sections 4.2.1 and 5.2), from the facts of each and not from their text.
 *
 * @param numbers by the short names of pools.mjs; 0 where it is none, or was stated twice and differently
 * @param odd what is odd about their spelling
 * @param clash whether something was stated twice and differently
 */
record PeerSaid(Map<String, Long> numbers, Set<String> odd, boolean present, boolean clash) {
    static PeerSaid of(List<PeerChoice> choices) {
        Map<String, Long> numbers = new HashMap<>();
        Set<String> odd = new HashSet<>();
        boolean present = false;
        boolean clash = false;
        for (PeerChoice choice : choices) {
            present |= !choice.absent();
            if (!choice.odd().isEmpty()) {
                odd.add(choice.odd());
            }
            for (Map.Entry<String, Long> said : choice.said().entrySet()) {
                String name = said.getKey();
                boolean none = said.getValue() == -2;
                long value = none ? (name.equals("mf") ? Directives.LARGEST_SECONDS : 0) : said.getValue();
                Long before = numbers.put(name, value);
                if (before != null && before != value) {
                    clash = true;
                    numbers.put(name, 0L);
                }
            }
        }
        return new PeerSaid(numbers, odd, present, clash);
    }

    boolean has(String name) {
        return numbers.containsKey(name);
    }

    /** -1 if it is not stated. */
    long seconds(String name) {
        return numbers.getOrDefault(name, -1L);
    }

    boolean isOdd(String how) {
        return odd.contains(how);
    }
}
