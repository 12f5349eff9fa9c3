package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.Node.Items;
import dev.fanoutgateway.spi.Backend;
import java.util.List;
import java.util.Optional;

/** The key {@code urls} of a group: each backend as its URL alone, or as {@code {url, weight, zone}}. */
final class ListedBackends {
    static final Value<String> ZONE = Value.text(
            "the name of a zone such as eu-1",
            name -> Optional.of(name).filter(text -> text.matches("[A-Za-z0-9._:/-]{1,100}")));

    private Backend backend;

    private ListedBackends(String group) {
        backend = Backend.of(group, "http://any"); // stands for what is wrong, so that reading can go on
    }

    /** Those of {@code group} that are in order. */
    static List<Backend> read(String group, Section in) {
        boolean none = in.node("urls")
                .filter(node -> !Node.isNull(node)
                        && !(node instanceof Items list && list.items().isEmpty()))
                .isEmpty();
        if (none) {
            in.missing("urls", "a list of at least one URL");
        }
        Value<Backend> url = Value.secretText(
                "a URL such as http://10.0.0.1:8080, without user, query and fragment", text -> backend(group, text));
        return in.list("urls", url, entry -> new ListedBackends(group).entry(entry, url));
    }

    private Optional<Backend> entry(Section in, Value<Backend> url) {
        Optional<Backend> named = in.required("url", url);
        named.ifPresent(one -> backend = one);
        in.set("weight", Value.COUNT, weight -> backend = backend.weight(weight));
        in.set("zone", ZONE, zone -> backend = backend.zone(zone));
        in.end();
        return named.map(one -> backend);
    }

    /** What a URL of a wrong form holds may be a password: it is not shown. */
    private static Optional<Backend> backend(String group, String url) {
        try {
            return Optional.of(Backend.of(group, url));
        } catch (Backend.PortOutOfRange e) {
            throw e; // which says it better
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
