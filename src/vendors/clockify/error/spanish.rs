//! The messages that are on record in Spanish. The service words refusals of rules in the language of the
//! caller's profile; all others are English here. Source: facts.md:N-14.

use super::{Entity, Refusal};

/// The Spanish message of a refusal. `None` if it is not on record.
pub(super) fn text(refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::NameRequired(Entity::PROJECT) => "Se requiere el nombre del proyecto".to_owned(),
        Refusal::ProjectNameLength => {
            "El nombre del proyecto debe tener entre 2 y 250 caracteres".to_owned()
        }
        Refusal::StillActive(Entity::PROJECT) => {
            "No se puede eliminar un proyecto activo".to_owned()
        }
        Refusal::Unknown(Entity::PROJECT) => {
            "Proyecto no pertenece a Espacio de trabajo".to_owned()
        }
        Refusal::Unknown(Entity::USER) => "Usuario no pertenece a Espacio de trabajo".to_owned(),
        Refusal::Unknown(Entity::TIME_ENTRY) => {
            "Entrada de tiempo no pertenece a Espacio de trabajo".to_owned()
        }
        Refusal::EndWithoutStart => {
            "No se puede crear una entrada de tiempo solo con la hora de finalización.".to_owned()
        }
        Refusal::BadDate(field) => format!(
            "Introdujiste un valor no válido para el campo : [{field}]. Valores que representan \
             [{field}] puede ser nulo y no puede estar vacío. Asegúrate de que la fecha [{field}] no es \
             mayor que 9999-12-31 ni menor que 0001-01-01. Asegúrate de que la fecha de [{field}] tiene \
             el siguiente formato: \"yyyy-MM-ddThh:mm:ssZ\" Ejemplo: 2018-11-29T13:00:46Z."
        ),
        _ => return None,
    })
}
