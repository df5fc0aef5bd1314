//! Column headings in the languages of the vendor's interface. Source: jira-vendors.md:2.6.

use crate::vendors::time_tracker::model::{Column, Locale};

/// A heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the English heading")]
pub enum Heading {
    Project,
    IssueType,
    Parent,
    Key,
    Summary,
    Priority,
    WorkCreated,
    WorklogId,
    DateStarted,
    DisplayName,
    EmailAddress,
    AccountId,
    TimeSpent,
    WorkDescription,
    Total,
    Week,
}

impl Heading {
    /// The heading of a column of `exportData.csv`. Headings of issue columns can differ from the view.
    #[must_use]
    pub fn exported(column: Column, locale: Locale) -> &'static str {
        match (column, locale) {
            (Column::IssueType, Locale::EsEs) => "Tipo de tarea",
            (Column::IssueType, Locale::FrFr) => "Type de tâche",
            (Column::Key, Locale::PtBr) => "Clave",
            (Column::Summary, Locale::FrFr) => "Sommaire",
            (Column::Summary, Locale::RuRu) => "Заключение",
            _ => Self::of(column).text(locale),
        }
    }

    fn of(column: Column) -> Self {
        match column {
            Column::Project => Self::Project,
            Column::IssueType => Self::IssueType,
            Column::Key => Self::Key,
            Column::Summary => Self::Summary,
            Column::Priority => Self::Priority,
            Column::WorkCreated => Self::WorkCreated,
            Column::WorklogId => Self::WorklogId,
            Column::DateStarted => Self::DateStarted,
            Column::DisplayName => Self::DisplayName,
            Column::EmailAddress => Self::EmailAddress,
            Column::AccountId => Self::AccountId,
            Column::DescriptionStatus | Column::DescriptionStatusAssignee => Self::WorkDescription,
        }
    }

    /// The text in the language of a locale.
    #[must_use]
    pub fn text(self, locale: Locale) -> &'static str {
        let [en, de, es, fr, pt, ru] = self.texts();
        match locale {
            Locale::EnUs => en,
            Locale::DeDe => de,
            Locale::EsEs => es,
            Locale::FrFr => fr,
            Locale::PtBr => pt,
            Locale::RuRu => ru,
        }
    }

    #[rustfmt::skip]
    fn texts(self) -> [&'static str; 6] {
        match self {
            Self::Project => ["Project", "Projekt", "Proyecto", "Projet", "Projeto", "Проект"],
            Self::IssueType => ["Issue Type", "Vorgangstyp", "Tipo de la Tarea", "Type de demande", "Tipo de Problema", "Тип задачи"],
            Self::Parent => ["Parent", "Elternteil", "La causa", "Parent", "Parente", "Родитель"],
            Self::Key => ["Key", "Schlüssel", "Clave", "Clé", "Chave", "Ключ"],
            Self::Summary => ["Summary", "Zusammenfassung", "Resumen", "Résumé", "Resumo", "Описание"],
            Self::Priority => ["Priority", "Priorität", "Prioridad", "Priorité", "Prioridade", "Приоритет"],
            Self::WorkCreated => ["Work Created", "Arbeit erstellt", "Trabajo Creado", "Travail crée", "Trabalho Criado", "Запись создана"],
            Self::WorklogId => ["Worklog Id", "Arbeitsprotokoll-ID", "ID del registro de trabajo", "Identifiant du journal de travail", "Id de Registro de Trabalho", "Ид записи"],
            Self::DateStarted => ["Date Started", "Anfangsdatum", "Fecha de inicio", "Date démarrée", "Data de Início", "Дата начала"],
            Self::DisplayName => ["Display Name", "Anzeigename", "Nombre para Mostrar", "Nom affiché", "Nome de Exibição", "Имя для отображения"],
            Self::EmailAddress => ["Email Address", "E-Mail-Adresse", "Dirección de Correo Electrónico", "Addresse courriel", "Endereço de E-mail", "Адрес электронной почты"],
            Self::AccountId => ["Account Id", "Konto-ID", "ID de la cuenta", "No compte", "Identificador da conta", "Ид учетной записи"],
            Self::TimeSpent => ["Time Spent", "Verbrachte Zeit", "Tiempo Empleado", "Temps consacré", "Tempo Gasto", "Затрачено времени"],
            Self::WorkDescription => ["Work Description", "Arbeitsbeschreibung", "Descripción del Trabajo", "Description de travail", "Descrição do Trabalho", "Описание работы"],
            Self::Total => ["Total", "Insgesamt", "Total", "Total", "Total", "Итого"],
            Self::Week => ["Week", "Woche", "Semana", "Semaine", "Semana", "Неделя"],
        }
    }
}
