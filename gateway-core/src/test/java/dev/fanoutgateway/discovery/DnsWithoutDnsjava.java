package dev.fanoutgateway.discovery;

/** Run in a virtual machine of its own, without dnsjava on the class path: says what works there. */
final class DnsWithoutDnsjava {
    private DnsWithoutDnsjava() {}

    public static void main(String[] args) {
        System.out.println(BackendSources.listed("http://a")
                .list("g")
                .toCompletableFuture()
                .join()
                .backends()
                .size());
        try {
            System.out.println(BackendSources.dns("http://api.test"));
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
