//! Names inside a sealed command: vendors' hosts are this machine, allowed hosts are the way out, and there are no others.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use simple_dns::rdata::{A, RData};
use simple_dns::{CLASS, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use tokio::net::UdpSocket;

/// Seconds that an answer may be kept.
const KEPT: u32 = 1;
/// Longest question.
const LONGEST: usize = 1500;

/// Finds the address of a name in lower case.
pub type Find = dyn Fn(&str) -> Option<Ipv4Addr> + Send + Sync;

/// Answers questions until it is dropped.
///
/// # Errors
/// The socket fails.
pub async fn serve(socket: UdpSocket, find: Arc<Find>) -> io::Result<()> {
    let mut question = [0; LONGEST];
    loop {
        let (length, from) = socket.recv_from(&mut question).await?;
        if let Some(answer) = answer(&question[..length], &*find) {
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

/// The answer to a question; none to what is no question.
fn answer(question: &[u8], find: &Find) -> Option<Vec<u8>> {
    let asked = Packet::parse(question).ok()?;
    if asked.has_flags(PacketFlag::RESPONSE) {
        return None;
    }
    let mut reply = Packet::new_reply(asked.id());
    reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER | PacketFlag::RECURSION_AVAILABLE);
    if asked.has_flags(PacketFlag::RECURSION_DESIRED) {
        reply.set_flags(PacketFlag::RECURSION_DESIRED);
    }
    let first = asked.questions.first()?.clone();
    let name = first.qname.to_string().to_ascii_lowercase();
    match find(name.trim_end_matches('.')) {
        None => *reply.rcode_mut() = RCODE::NameError,
        Some(address) => {
            if matches!(first.qtype, QTYPE::TYPE(TYPE::A) | QTYPE::ANY) {
                let data = RData::A(A { address: address.into() });
                let record = ResourceRecord::new(first.qname.clone(), CLASS::IN, KEPT, data);
                reply.answers.push(record);
            }
        }
    }
    reply.questions.push(first);
    reply.build_bytes_vec().ok()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use simple_dns::{CLASS, Name, Packet, Question, RCODE, TYPE};

    use super::answer;

    fn ask(name: &str, kind: TYPE) -> Vec<u8> {
        let mut packet = Packet::new_query(7);
        let name = Name::new_unchecked(name);
        packet.questions.push(Question::new(name, kind.into(), CLASS::IN.into(), false));
        packet.build_bytes_vec().unwrap()
    }

    #[test]
    fn known_names_have_an_address_and_others_do_not_exist() {
        let find = |name: &str| (name == "a.clockify.me").then_some(Ipv4Addr::LOCALHOST);
        let bytes = answer(&ask("A.Clockify.me", TYPE::A), &find).unwrap();
        let found = Packet::parse(&bytes).unwrap();
        assert_eq!((found.id(), found.rcode(), found.answers.len()), (7, RCODE::NoError, 1));
        let bytes = answer(&ask("a.clockify.me", TYPE::AAAA), &find).unwrap();
        let none = Packet::parse(&bytes).unwrap();
        assert_eq!((none.rcode(), none.answers.len()), (RCODE::NoError, 0));
        let bytes = answer(&ask("example.com", TYPE::A), &find).unwrap();
        assert_eq!(Packet::parse(&bytes).unwrap().rcode(), RCODE::NameError);
    }

    #[test]
    fn what_is_no_question_has_no_answer() {
        let find = |_: &str| Some(Ipv4Addr::LOCALHOST);
        assert!(answer(b"", &find).is_none() && answer(&[255; 40], &find).is_none());
        let reply = answer(&ask("a", TYPE::A), &find).unwrap();
        assert!(answer(&reply, &find).is_none());
    }
}
