package dev.fanoutgateway.notify;

/** Run in a virtual machine of its own, without a mail library on the class path: says what becomes of a notifier. */
final class MailWithoutJakartaMail {
    private MailWithoutJakartaMail() {}

    public static void main(String[] args) {
        MailNotifier.Builder builder =
                MailNotifier.builder().host("localhost").from("a@example.com").to("b@example.com");
        try {
            System.out.println(builder.build());
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
