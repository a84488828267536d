import Hummingbird
import NIOCore

/// What the middleware finds out about a request before its route answers.
///
/// An object, since it is handed through every layer, and copying what it holds cost more than the layers did.
/// Unchecked, for it belongs to one request, which one task at a time works on.
final class CallContext: RequestContext, @unchecked Sendable {
    var coreContext: CoreRequestContextStorage
    var caller = Caller.nobody
    var body = ByteBuffer()
    /// To the client.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
